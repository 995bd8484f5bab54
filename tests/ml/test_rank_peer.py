"""The plain pandas version of the rules and the score gives the product's lists: its times are worth comparing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml import frames
from ml.passages import Corpus
from ml.pipeline import Request
from tests.bench import rank, rank_pandas
from tests.bench.rank import Case
from tests.ml import population


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_both_give_one_list_with_one_score(seed: int) -> None:
    children, offers = population.people(40, 400, seed)
    dice = np.random.default_rng(seed)
    corpus = Corpus.of([rank.passage(dice, 2) for _ in offers])
    table, prepared = rank_pandas.prepared(offers, corpus), frames.providers(offers)
    few = [replace(one, together=False) for one in children if frames.children([one]).band[0] >= 0]
    cases = [Case(one, Request(frames.children([one]), prepared, [rank.passage(dice, 3)], corpus)) for one in few]
    assert sum(rank.agreed(case, table) for case in cases) > 20  # raises where a list differs
