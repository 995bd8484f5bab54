"""What is measured is what is meant: a perfect score gets 1, a blind one what chance gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import small

from ml.language import measures

BANK = small.bank()
WHAT = {sentence: (concept.code, side) for concept in BANK for side in ("need", "answers", "refuses")
        for sentence in getattr(concept, side)}


def knows(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    """The truth as a score."""
    return np.array([
        float(WHAT[need][0] == WHAT[offer][0]) * (1 if WHAT[offer][1] == "answers" else -1)
        for need, offer in zip(needs, offers, strict=True)
    ])


def test_who_knows_is_right_every_time() -> None:
    found = measures.hidden_needs(BANK, knows, draws=2)
    assert found.mrr == found.first == found.traps == (1.0, 1.0, 1.0)
    assert found.concepts == len(BANK)


def test_who_takes_refusals_for_answers_beats_none() -> None:
    found = measures.hidden_needs(BANK, lambda needs, offers: -knows(needs, offers), draws=2)
    assert found.traps[0] == 0.0
    assert found.first[0] == 0.0


def test_who_guesses_gets_what_chance_gives() -> None:
    rng = np.random.default_rng(1)
    found = measures.hidden_needs(BANK, lambda needs, _: rng.random(len(needs)), draws=40)
    chance = sum(1 / rank for rank in range(1, len(BANK) + 1)) / len(BANK)
    assert abs(found.mrr[0] - chance) < 0.05
    assert found.mrr[1] < found.mrr[0] < found.mrr[2]
    assert abs(found.traps[0] - 0.5) < 0.1


def test_a_similarity_file_is_compared_by_rank(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("a,a,5\na,b,1\na,ab,3\n", encoding="utf-8")
    rows = {"a": [1.0, 0.0], "b": [0.0, 1.0], "ab": [0.8, 0.6]}

    def encode(texts: Sequence[str]) -> np.ndarray:
        return np.array([rows[text] for text in texts], dtype=np.float32)

    assert measures.similarity_file(path, encode) == pytest.approx((1.0, 1.0, 1.0))


def test_a_similarity_has_an_interval_around_it(tmp_path: Path) -> None:
    dice = np.random.default_rng(3)
    angles, path = dice.uniform(0, 1.5, 60), tmp_path / "pairs.csv"
    rows = {f"t{place}": [float(np.cos(one)), float(np.sin(one))] for place, one in enumerate(angles)}
    lines = [f"t0,t{place},{-abs(angles[0] - one) + dice.normal(0, 0.3)}" for place, one in enumerate(angles)]
    path.write_text("\n".join(lines), encoding="utf-8")

    def encode(texts: Sequence[str]) -> np.ndarray:
        return np.array([rows[text] for text in texts], dtype=np.float32)

    value, low, high = measures.similarity_file(path, encode)
    assert low < value < high
    assert (value, low, high) == measures.similarity_file(path, encode)


def test_rows_with_other_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("a,a\nb,b\nc,c\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"pairs\.csv"):
        measures.similarity_file(path, lambda texts: np.zeros((len(texts), 2), dtype=np.float32))
