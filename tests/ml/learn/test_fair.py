"""Groups, exposure and drift: known answers on made-up rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.learn import drift
from ml.learn.examples import FACETS, Examples
from ml.learn.fair import exposure, groups
from ml.learn.fair.groups import Told


def two_groups(examples: Examples, families: int = 120) -> Examples:
    """The first families, half of them in one language and half in another."""
    kept = examples.take(np.isin(examples.family, np.unique(examples.family)[:families]))
    number = np.unique(kept.family, return_inverse=True)[1]
    unknown = np.full(len(kept), "", dtype="<U8")
    facets = {**dict.fromkeys(FACETS, unknown), "language": np.where(number % 2 == 0, "es", "quy")}
    return dataclasses.replace(kept, facets=facets)


def told(examples: Examples, chance: np.ndarray) -> Told:
    return Told(examples, chance, chance, 0.5)


def test_equal_groups_are_not_apart(examples: Examples) -> None:
    rows = two_groups(examples)
    found = groups.tables(told(rows, np.ones(len(rows))), {})["language"]
    assert set(found["groups"]) == {"es", "quy"}
    assert found["apart"]["promised_ratio"]["value"] == 1
    assert found["apart"]["opportunity_gap"]["value"] == 0


def test_a_group_that_is_promised_nothing_is_seen(examples: Examples) -> None:
    rows = two_groups(examples)
    chance = np.where(rows.facets["language"] == "es", 0.9, 0.1)
    found = groups.tables(told(rows, chance), {})["language"]
    assert found["apart"]["promised_ratio"]["value"] == 0
    assert found["apart"]["opportunity_gap"]["value"] == 1
    assert found["groups"]["quy"]["tpr"]["value"] == 0
    assert found["groups"]["es"]["in_the_large"]["value"] > 0 > found["groups"]["quy"]["in_the_large"]["value"]


def test_a_small_group_is_flagged_and_not_compared(examples: Examples) -> None:
    rows = two_groups(examples, 80)
    found = groups.tables(told(rows, np.ones(len(rows))), {})["language"]
    assert all(one["small"] for one in found["groups"].values())
    assert found["apart"] is None


def test_of_a_handful_of_families_nothing_is_told(examples: Examples) -> None:
    rows = two_groups(examples, 8)
    found = groups.tables(told(rows, np.ones(len(rows))), {})["language"]["groups"]["es"]
    assert found == {"families": 4, "small": True}


def test_two_facets_make_intersections(examples: Examples) -> None:
    rows = two_groups(examples)
    rows = dataclasses.replace(rows, facets={**rows.facets, "area": np.where(rows.rank % 2 == 0, "rural", "urban")})
    found = groups.tables(told(rows, np.ones(len(rows))), {})
    assert set(found["language × area"]["groups"]) == {"es × rural", "es × urban", "quy × rural", "quy × urban"}


def test_what_is_not_known_is_counted_and_in_no_group(examples: Examples) -> None:
    rows = two_groups(examples)
    language = np.where(rows.facets["language"] == "quy", "", "es")
    found = groups.tables(told(dataclasses.replace(rows, facets={**rows.facets, "language": language}),
                               np.ones(len(rows))), {})["language"]
    assert set(found["groups"]) == {"es"}
    assert found["unknown_families"] == 60


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 100)))
def test_gini_is_zero_for_equals_and_below_one(values: np.ndarray) -> None:
    assert -1e-12 <= exposure.gini(values) < 1
    assert exposure.gini(np.full(len(values), 3.0)) == pytest.approx(0)


def test_one_who_has_all_has_the_highest_gini() -> None:
    assert exposure.gini(np.array([0, 0, 0, 1.0])) == pytest.approx(0.75)


def test_exposure_is_shared_by_place(examples: Examples) -> None:
    """Two lists of two providers with a seat each; b is always first: 1 against 1 / log2(3)."""
    four = dataclasses.replace(examples.take(np.arange(4)), query=np.array([0, 0, 1, 1]),
                               provider=np.array(["a", "b", "a", "b"]), capacity=np.ones(4))
    found = exposure.shares(four, lambda rows: np.array([0.1, 0.9, 0.1, 0.9]))
    share = 1 / (1 + 1 / np.log2(3))
    assert found["apart"] == pytest.approx(share - 0.5, abs=1e-6)
    assert (found["providers"], found["never_shown"], found["gini_seats"]) == (2, 0, 0)


def test_supply_counts_providers_of_a_list(examples: Examples) -> None:
    found = exposure.supply(examples)
    assert set(found) == set(np.unique(examples.family).tolist())
    assert set(found.values()) <= set(map(float, range(1, 9)))


def test_the_same_sample_has_no_drift_and_another_has() -> None:
    dice = np.random.default_rng(1)
    values = dice.normal(size=4000)
    assert drift.psi(values, dice.normal(size=4000)) < drift.NOTABLE
    assert drift.psi(values, dice.normal(loc=1.0, size=4000)) > drift.LARGE
    assert drift.psi(values, np.where(dice.random(4000) < 0.3, np.nan, values)) > drift.LARGE


def test_drift_is_between_the_two_halves(examples: Examples) -> None:
    late = examples.shown_on > np.median(examples.shown_on.astype(int)).astype("datetime64[D]")
    moved = dataclasses.replace(examples, raw={**examples.raw, "fee": np.where(late, 5.0, 0.0)})
    found = drift.between(moved, np.linspace(0, 1, len(examples)))
    assert found is not None
    assert sum(found["rows"]) == len(examples)
    assert found["terms"]["fee"] > drift.LARGE > found["terms"]["distance"]


def test_one_day_alone_has_no_drift(examples: Examples) -> None:
    alone = examples.take(examples.shown_on == examples.shown_on[0])
    assert drift.between(alone, np.zeros(len(alone))) is None
