"""Measures against their definitions, written out slowly; intervals that are what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from ml.learn.metrics import bootstrap, probability, ranking

LISTS = st.lists(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1,
                          max_size=14), min_size=1, max_size=5)


def arrays_of(lists):
    """(query, score, gain, ties) of drawn lists."""
    rows = [(number, score, gain, f"p{place:02d}") for number, rows in enumerate(lists)
            for place, (score, gain) in enumerate(rows)]
    query, score, gain, ties = zip(*rows, strict=True)
    return np.array(query), np.array(score), np.array(gain), np.array(ties)


def slowly(rows):
    """The gains of one list in the order that serving gives."""
    order = sorted(range(len(rows)), key=lambda place: (-rows[place][0], f"p{place:02d}"))
    return [rows[place][1] for place in order]


def dcg(gains):
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:10]))


@given(LISTS)
@settings(max_examples=80, deadline=None)
def test_orders_are_measured_as_defined(lists):
    ranked = ranking.rank(*arrays_of(lists))
    found = {name: measure(ranked) for name, measure in ranking.MEASURES.items()}
    for number, rows in enumerate(lists):
        gains = slowly(rows)
        ones = [place + 1 for place, gain in enumerate(gains) if gain]
        if not ones:
            assert all(np.isnan(values[number]) for values in found.values())
            continue
        expected = {
            "ndcg@10": dcg(gains) / dcg(sorted(gains, reverse=True)), "mrr": 1 / ones[0], "hit@1": float(ones[0] == 1),
            "map": sum((place + 1) / one for place, one in enumerate(ones)) / len(ones),
            **{f"recall@{k}": sum(one <= k for one in ones) / len(ones) for k in (1, 3, 5, 10)},
        }
        assert {name: values[number] for name, values in found.items()} == pytest.approx(expected)


@given(LISTS, st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_the_order_of_rows_changes_no_measure(lists, seed):
    columns = arrays_of(lists)
    order = np.random.default_rng(seed).permutation(len(columns[0]))
    for measure in ranking.MEASURES.values():
        one, other = (measure(ranking.rank(*given)) for given in (columns, [column[order] for column in columns]))
        np.testing.assert_allclose(one, other)


def test_a_score_nobody_knows_comes_last():
    ranked = ranking.rank(np.zeros(3, int), np.array([np.nan, 0.1, -5.0]), np.array([1.0, 0, 0]), np.array(list("abc")))
    assert ranked.order.tolist() == [1, 2, 0]


def test_siblings_are_one_row():
    query, provider, (gain,) = ranking.pooled(np.array([4, 4, 4]), np.array(["b", "a", "b"]), [np.array([1.0, 0, 0])])
    assert (query.tolist(), provider.tolist(), gain.tolist()) == ([4, 4], ["a", "b"], [0, 0.5])


ANSWERS = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=2, max_size=60).filter(
    lambda rows: 0 < sum(row[0] for row in rows) < len(rows))


@given(ANSWERS)
@settings(max_examples=60, deadline=None)
def test_probabilities_are_measured_as_elsewhere(rows):
    label, chance = (np.array(column) for column in zip(*rows, strict=True))
    ones = np.ones(len(label))
    assert probability.pr_auc(label, chance, ones) == pytest.approx(reference.average_precision_score(label, chance))
    assert probability.brier(label, chance, ones) == pytest.approx(reference.brier_score_loss(label, chance))
    found = probability.at_threshold(label, chance, ones, 0.4)
    assert found["f1"] == pytest.approx(reference.f1_score(label, chance >= 0.4, zero_division=0))
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(label, chance >= 0.4))


@given(ANSWERS)
@settings(max_examples=40, deadline=None)
def test_a_weight_of_two_is_the_row_twice(rows):
    label, chance = (np.array(column) for column in zip(*rows, strict=True))
    twice = np.full(len(label), 2.0)
    again = np.repeat(np.arange(len(label)), 2)
    for measure in (probability.pr_auc, probability.brier, probability.base_rate, probability.in_the_large):
        assert measure(label, chance, twice) == pytest.approx(measure(label[again], chance[again], np.ones(len(again))))


def test_bins_hold_equal_mass():
    chance = np.random.default_rng(1).random(1000)
    bins = probability.equal_mass(chance, np.ones(1000))
    assert np.bincount(bins.astype(int)).tolist() == [100] * 10


def test_what_comes_true_has_no_calibration_error():
    dice = np.random.default_rng(2)
    chance = dice.random(50_000)
    label = (dice.random(50_000) < chance).astype(float)
    ones = np.ones(len(label))
    assert probability.ece(label, chance, ones) < 0.01
    assert probability.ece(label, np.clip(chance + 0.2, 0, 1), ones) > 0.1


def test_the_best_threshold_has_the_best_f1():
    label, chance = np.array([0, 0, 1, 1.0]), np.array([0.1, 0.4, 0.5, 0.9])
    assert probability.at_threshold(label, chance, np.ones(4), probability.best_threshold(label, chance))["f1"] == 1


def test_an_interval_holds_the_mean_about_as_often_as_it_says():
    """Lists of one family rise and fall together: an interval over lists would be too narrow."""
    dice = np.random.default_rng(3)
    family = np.repeat([f"f{one}" for one in range(60)], 5)
    held = 0
    for trial in range(200):
        values = np.repeat(dice.normal(size=60), 5)
        found = bootstrap.of_mean(values, family, trial)
        held += found.low <= 0 <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_the_same_seed_draws_the_same_families():
    values, family = np.arange(30.0), np.array([f"f{one % 10}" for one in range(30)])
    assert bootstrap.of_mean(values, family, 5) == bootstrap.of_mean(values, family, 5)
    assert bootstrap.of_mean(values, family, 5) != bootstrap.of_mean(values, family, 6)


def test_nothing_to_measure_is_said():
    found = bootstrap.of_mean(np.array([np.nan]), np.array(["f1"]), 1).plain()
    assert found == {"value": None, "low": None, "high": None, "families": 0}


def test_a_difference_on_the_same_lists_is_narrower_than_two_intervals():
    dice = np.random.default_rng(4)
    base, family = dice.normal(size=300), np.array([f"f{one}" for one in range(300)])
    better = base + 0.1 + dice.normal(scale=0.01, size=300)
    less = bootstrap.difference(better, base, family, 1)
    assert less.low > 0
    assert bootstrap.of_mean(base, family, 1).high > bootstrap.of_mean(better, family, 1).low
