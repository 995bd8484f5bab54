"""Who is learnt from and who is asked: families whole, the same seed the same split."""

from __future__ import annotations

import numpy as np
import pytest

from ml.learn import splits
from ml.learn.examples import Examples
from ml.learn.faults import LearnError


@pytest.mark.parametrize("kind", splits.KINDS)
def test_no_family_is_on_two_sides(examples: Examples, kind: str) -> None:
    found = splits.split(examples, kind, 7)
    sides = [set(examples.family[mask]) for mask in (found.train, found.validation, found.test)]
    assert all(sides)
    assert len(set.union(*sides)) == sum(map(len, sides))


@pytest.mark.parametrize("kind", splits.KINDS)
def test_the_order_of_rows_moves_nobody(examples: Examples, kind: str) -> None:
    order = np.random.default_rng(3).permutation(len(examples))
    one, other = splits.split(examples, kind, 7), splits.split(examples.take(order), kind, 7)
    assert (one.test[order] == other.test).all()
    assert (one.validation[order] == other.validation).all()


def test_another_seed_is_another_split(examples: Examples) -> None:
    one, other = (splits.split(examples, "family", seed).test for seed in (7, 8))
    assert (one != other).any()


def test_a_district_is_new_or_known_never_both(examples: Examples) -> None:
    found = splits.split(examples, "district", 7)
    assert not set(examples.district[found.test]) & set(examples.district[~found.test])


def test_what_is_tested_by_time_came_later(examples: Examples) -> None:
    found = splits.split(examples, "time", 7)
    assert examples.shown_on[found.test].min() > examples.shown_on[found.train].max()


def test_too_few_families_are_refused(examples: Examples) -> None:
    few = examples.take(np.isin(examples.family, np.unique(examples.family)[:20]))
    with pytest.raises(LearnError, match="fewest"):
        splits.split(few, "family", 7)


@pytest.mark.parametrize("lacking", [0, 1])
def test_the_fewest_families_suffice_and_one_less_does_not(examples: Examples, lacking: int) -> None:
    count = splits.fewest() - lacking
    some = examples.take(np.isin(examples.family, np.unique(examples.family)[:count]))
    if not lacking:
        assert len(np.unique(some.family[splits.split(some, "family", 7).validation])) >= splits.FEWEST
        return
    with pytest.raises(LearnError) as refused:
        splits.split(some, "family", 7)
    assert (refused.value.code, refused.value.values) == (
        "few_families", {"families": count, "fewest": splits.fewest()}
    )


def test_one_district_alone_cannot_be_split(examples: Examples) -> None:
    alone = examples.take(examples.district == examples.district[0])
    with pytest.raises(LearnError):
        splits.split(alone, "district", 7)
