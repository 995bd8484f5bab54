"""The score: terms that add up, curves that go one way, a cap on text."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.scoring import PRIOR, Curve, Scorer, score

RAW = arrays(np.float64, (4, 5), elements=st.floats(-1e6, 1e6) | st.just(float("nan")))
TERMS = sorted(PRIOR.curves)


@given(st.fixed_dictionaries(dict.fromkeys(TERMS, RAW)))
def test_contributions_add_up_and_stay_within_the_range(raw: dict[str, np.ndarray]) -> None:
    scored = score(raw)
    assert np.abs(sum(scored.contributions.values()) - scored.score).max() <= 1e-9
    assert (scored.score >= -1e-9).all()
    assert (scored.score <= 1 + 1e-9).all()


@pytest.mark.parametrize("term", TERMS)
@given(ends=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)))
def test_each_curve_goes_one_way(term: str, ends: tuple[float, float]) -> None:
    curve = PRIOR.curves[term]
    low, high = curve(np.array(sorted(ends)))
    assert low >= high if term == "distance" else low <= high


@pytest.mark.parametrize("term", TERMS)
def test_a_value_nobody_knows_moves_nothing(term: str) -> None:
    raw = {name: np.full((1, 1), np.nan) for name in TERMS}
    assert score(raw).contributions[term][0, 0] == 0


def test_text_moves_a_fifth_at_most() -> None:
    raw = {name: np.full((1, 2), np.nan) for name in TERMS}
    raw["text"] = np.array([[-1.0, 1.0]])
    assert np.ptp(score(raw).score) <= 0.2
    heavy = {**PRIOR.curves, "text": dataclasses.replace(PRIOR.curves["text"], weight=0.15),
             "distance": dataclasses.replace(PRIOR.curves["distance"], weight=0.12)}
    with pytest.raises(ValueError, match="20%"):
        Scorer("heavy", heavy)


def test_a_curve_that_turns_back_is_refused() -> None:
    with pytest.raises(ValueError, match="one way"):
        Curve(0.1, (0.0, 1.0, 2.0), (0.0, 1.0, 0.5), 0.5)


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        Scorer("half", {"distance": dataclasses.replace(PRIOR.curves["distance"], weight=0.5)})


def test_a_term_without_values_is_refused() -> None:
    with pytest.raises(ValueError, match="distance"):
        score({name: np.zeros((1, 1)) for name in TERMS if name != "distance"})


@pytest.mark.parametrize(("value", "band"), [(0.9, "high"), (0.7, "high"), (0.6, "medium"), (0.2, "low")])
def test_bands(value: float, band: str) -> None:
    assert PRIOR.band(value) == band
