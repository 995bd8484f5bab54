"""What was shown, approved, and held: admissible, in order, with its propensity, and the better the more often."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import groupby
from pathlib import Path

import made_up
import numpy as np
import pytest

from ml import synth
from ml.synthetic import decisions


@pytest.fixture(scope="module")
def shown(peru: Path) -> list[made_up.Row]:
    return made_up.read(peru, synth.DECISIONS)


@pytest.fixture(scope="module")
def utility(peru: Path) -> dict[tuple[str, str], float]:
    return {(row["child_ref"], row["provider_ref"]): float(row["utility"]) for row in made_up.read(peru, synth.TRUTH)}


def lists(shown: list[made_up.Row]) -> list[list[made_up.Row]]:
    return [list(rows) for _, rows in groupby(shown, key=lambda row: row["child_ref"])]


def test_the_columns_are_the_documented_ones(shown: list[made_up.Row]) -> None:
    assert tuple(shown[0]) == decisions.HEADER
    assert all(f"{name}" in (decisions.__doc__ or "") for name in decisions.HEADER)


def test_only_admissible_providers_were_shown_each_once(
    shown: list[made_up.Row], utility: dict[tuple[str, str], float]
) -> None:
    pairs = [(row["child_ref"], row["provider_ref"]) for row in shown]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) <= set(utility)


def test_ranks_run_from_one_to_six_on_one_day(shown: list[made_up.Row]) -> None:
    for rows in lists(shown):
        assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
        assert len(rows) <= decisions.SHOWN
        assert len({row["shown_on"] for row in rows}) == 1


def test_the_days_are_spread_over_two_years(shown: list[made_up.Row]) -> None:
    ago = np.array([(synth.DAY - date.fromisoformat(rows[0]["shown_on"])).days for rows in lists(shown)])
    assert (ago.min() >= 1, ago.max() <= 730) == (True, True)
    assert np.histogram(ago, bins=4, range=(1, 731))[0] / len(ago) == pytest.approx([0.25] * 4, abs=0.03)


def test_a_placement_is_one_of_the_approved_and_known_after_ninety_days(shown: list[made_up.Row]) -> None:
    for rows in lists(shown):
        placed = [row for row in rows if row["held"]]
        old = (synth.DAY - date.fromisoformat(rows[0]["shown_on"])).days >= 97
        assert all(row["approved"] == "yes" for row in placed)
        assert len(placed) == (old and any(row["approved"] == "yes" for row in rows))


def test_siblings_placed_together_share_their_list(peru: Path, shown: list[made_up.Row]) -> None:
    together = {row["family_ref"] for row in made_up.read(peru, synth.FAMILIES) if row["siblings"] == "together"}
    by_family: dict[str, set[tuple[str, ...]]] = {}
    for rows in lists(shown):
        line = tuple(f"{row['provider_ref']} {row['approved']} {row['held']}" for row in rows)
        by_family.setdefault(rows[0]["family_ref"], set()).add(line)
    assert all(len(found) == 1 for family, found in by_family.items() if family in together)
    assert any(len(found) > 1 for found in by_family.values())


def test_nobody_is_shown_a_provider_without_consent(peru: Path, shown: list[made_up.Row]) -> None:
    silent = {row["family_ref"] for row in made_up.read(peru, synth.FAMILIES) if row["consent_matching"] == "no"}
    assert silent
    assert silent.isdisjoint({row["family_ref"] for row in shown})


@pytest.mark.parametrize("column", ["approved", "held"])
def test_the_better_is_approved_and_held_more_often_but_not_always(
    shown: list[made_up.Row], utility: dict[tuple[str, str], float], column: str
) -> None:
    said = [(utility[row["child_ref"], row["provider_ref"]], row[column] == "yes") for row in shown if row[column]]
    worth, yes = np.array([one for one, _ in said]), np.array([one for _, one in said])
    thirds = np.quantile(worth, [1 / 3, 2 / 3])
    low, middle, high = (yes[np.digitize(worth, thirds) == third].mean() for third in range(3))
    assert 0.02 < low < middle < high < 1


def test_propensities_are_the_chances_with_which_the_first_place_is_filled() -> None:
    prior, drawn = np.array([0.2, 0.9, 0.5]), Counter[int]()
    chance: dict[int, float] = {}
    for seed in range(6000):
        place, propensity = decisions._shown(np.random.default_rng(seed), prior)[0]
        drawn[place] += 1
        chance[place] = propensity
    assert sum(chance.values()) == pytest.approx(1)
    assert {place: count / 6000 for place, count in drawn.items()} == pytest.approx(chance, abs=0.02)


def test_some_places_were_filled_by_exploring(shown: list[made_up.Row]) -> None:
    propensity = np.array([float(row["propensity"]) for row in shown])
    assert propensity.min() > 0
    assert propensity.max() <= 1
    assert 0.05 < (propensity < 0.5).mean() < decisions.EXPLORE
