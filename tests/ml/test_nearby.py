"""Who lives near: nobody within the distance is missed, wherever on the globe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.nearby import EARTH, Strips, sphere

WHERE = ((-12.0, -77.0, 0.2), (89.9, 0.0, 0.3), (-5.0, 179.95, 0.2), (0.0, 0.0, 80.0))  # degrees, and how far around


def near(here: tuple[np.ndarray, np.ndarray], there: tuple[np.ndarray, np.ndarray], km: np.ndarray) -> set:
    """Every pair within its distance, worked out one by one."""
    cosine = sum(one[:, None] * other[None] for one, other in zip(sphere(*here), sphere(*there), strict=True))
    return set(zip(*np.nonzero(EARTH * np.arccos(np.clip(cosine, -1, 1)) <= km[:, None]), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(WHERE))
def test_nobody_within_the_distance_is_missed(seed: int, around: tuple[float, float, float]) -> None:
    dice = np.random.default_rng(seed)
    latitude, longitude, spread = around

    def places(count: int) -> tuple[np.ndarray, np.ndarray]:
        north = np.clip(latitude + dice.normal(size=count) * spread, -90, 90)
        return north, (longitude + dice.normal(size=count) * spread + 180) % 360 - 180

    here, there, km = places(8), places(40), dice.choice([0.5, 5.0, 60.0, 9000.0], 8)
    found = set(zip(*Strips.of(*there).around(*here, km), strict=True))
    assert near(here, there, km) <= found


def test_who_is_far_is_mostly_left_out_and_who_is_nowhere_is_told_apart() -> None:
    dice = np.random.default_rng(3)
    latitude, longitude = -12 + dice.normal(size=2000), -77 + dice.normal(size=2000)
    latitude[:5] = np.nan
    strips = Strips.of(latitude, longitude)
    place, _ = strips.around(np.array([-12.0]), np.array([-77.0]), np.array([10.0]))
    assert strips.nowhere.tolist() == [0, 1, 2, 3, 4]
    assert len(place) < 60


@pytest.mark.parametrize("count", [0, 1])
def test_few(count: int) -> None:
    one = np.full(count, -12.0)
    place, found = Strips.of(one, one).around(np.full(2, -12.0), np.full(2, -12.0), np.full(2, 1.0))
    assert (len(place), found.tolist()) == (2 * count, [0] * 2 * count)
