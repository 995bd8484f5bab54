"""Other words, the same list: what is swapped, how lists are compared, and how a score that reads too much looks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.encoder import Encoder
from ml.learn import gates
from ml.learn.folder import Dataset
from ml.learn.swap import proof, wording
from ml.learn.swap.overlap import rbo
from ml.learn.swap.proof import Bench
from ml.reading import Reader
from ml.scoring import PRIOR, Curve, Scorer

STORY = "Soy la mamá de un niño inquieto. Mi hijo y su hermano comen comida casera en el patio. Busco a un cuidador."


GENDERED = (
    "Soy la papá de un niña inquieta. Mi hija y su hermana comen comida casera en el patio. Busco a un cuidadora."
)
LOANED = "Soy la mamay de un wawa inquieto. Mi hijo y su ñaño comen mikuna casera en el cancha. Busco a un cuidador."


@pytest.mark.parametrize(("name", "right"), [("gender", GENDERED), ("loans", LOANED)])
def test_words_are_swapped_whole(name: str, right: str) -> None:
    assert wording.SWAPS[name](STORY, 0) == (STORY, right)


def test_gender_swapped_twice_is_the_story_again() -> None:
    _, once = wording.gendered(STORY, 0)
    assert wording.gendered(once, 0)[1] == STORY


def test_spelling_keeps_the_words_count_and_drops_accents() -> None:
    _, found = wording.misspelt("Mi niña cumplió dos años, ya habla y quiere llevar zapatos nuevos", 1)
    assert len(found.split()) == 12
    assert "ó" not in found
    assert "niña" in found or "nina" not in found


@given(st.text(max_size=200), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_swapped(story: str, number: int) -> None:
    for swap in wording.SWAPS.values():
        assert all(isinstance(one, str) for one in swap(story, number))


LIST = st.permutations(list("abcdefgh"))


@given(LIST, LIST)
def test_overlap_is_between_none_and_all_and_the_same_both_ways(one: list[str], other: list[str]) -> None:
    assert 0 < rbo(one, other) <= 1 + 1e-12
    assert rbo(one, other) == pytest.approx(rbo(other, one))
    assert rbo(one, one) == pytest.approx(1)
    assert rbo(one, [sign.upper() for sign in one]) == 0


def test_a_change_at_the_top_weighs_more() -> None:
    assert rbo("abcdefgh", "bacdefgh") < rbo("abcdefgh", "abcdefhg")


def test_the_published_example() -> None:
    """Two lists that share their first place alone: agreement 1, 1/2, 1/3 at p = 0.9."""
    expected = (1 / 3) * 0.9**3 + (0.1 / 0.9) * (0.9 + 0.81 / 2 + 0.729 / 3)
    assert rbo("abc", "axy") == pytest.approx(expected)


def test_lists_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        rbo("abc", "ab")


def bench(dataset: Dataset, encoder: Encoder, scorer: Scorer) -> Bench:
    assert dataset.world is not None
    families = np.unique(dataset.examples.family)[:60]
    return Bench.of(dataset.world, families, 7, (encoder, scorer))


def test_the_prior_hardly_moves(dataset: Dataset, encoder: Encoder) -> None:
    found = proof.run(bench(dataset, encoder, PRIOR), 7)
    assert set(found["swaps"]) == set(wording.SWAPS)
    assert all(one["rbo"]["value"] >= gates.LEAST_OVERLAP for one in found["swaps"].values())
    assert found["swaps"]["names"]["rbo"]["value"] == pytest.approx(1)  # names never reach the encoder


def test_a_judge_takes_part_where_it_is_asked_to(dataset: Dataset, encoder: Encoder) -> None:
    class Hears:
        """Takes what is told in more words for refused: what wording it is told in then matters."""

        version, looks, says = "hears", None, {"refuses": 0.5}

        def shares(self, needs: Sequence[str], offers: Sequence[str], cosines: Sequence[float]) -> np.ndarray:
            share = np.minimum([len(need) + len(offer) for need, offer in zip(needs, offers, strict=True)], 200) / 200
            return np.column_stack([np.zeros(len(share)), share, 1 - share])

    silent = bench(dataset, encoder, PRIOR)
    found = [proof.run(one, 7) for one in (silent, dataclasses.replace(silent, reader=Reader(Hears())))]
    assert [one["judge"] for one in found] == [None, "hears"]
    without, judged = (one["swaps"]["districts"]["rbo"]["value"] for one in found)
    assert judged < without


def test_a_score_of_words_alone_is_caught(dataset: Dataset, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else tells providers apart, and the story is swapped for another one."""
    flat, steep = Curve(0.8, (0.0, 1000.0), (1.0, 1.0), 1.0), Curve(0.2, (0.0, 1.0), (0.0, 1.0), 0.5)
    words = Scorer("words", {"distance": flat, "text": steep})
    monkeypatch.setattr(proof, "SWAPS", {"all": lambda story, number: (
        "Busco a alguien que le lea cuentos y le cante.", "Vendo en el mercado: salgo de madrugada.")})
    found = proof.run(bench(dataset, encoder, words), 7)
    assert found["swaps"]["all"]["rbo"]["value"] < gates.LEAST_OVERLAP
    closed = gates.closed({"validation": {"less_prior": {"value": 1.0}}, "swap": found})
    assert [line for line in closed if "all leaves a rank overlap" in line] == closed


def test_who_told_nothing_is_not_asked(dataset: Dataset, encoder: Encoder) -> None:
    world = dataset.world
    assert world is not None
    silent = dataclasses.replace(world, needs=[{**row, "story": " "} for row in world.needs])
    asked = Bench.of(silent, dataset.examples.family, 7, (encoder, PRIOR))
    assert asked.rows == []
    found = proof.run(asked, 7)
    assert all(one["rbo"]["value"] is None for one in found["swaps"].values())
