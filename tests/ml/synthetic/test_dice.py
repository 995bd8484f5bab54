"""Draws: pinned figures, since the same seed is to give the same files on every machine and next year."""

from __future__ import annotations

import numpy as np
import pytest

from ml.synthetic import places
from ml.synthetic.dice import Dice
from ml.synthetic.places import District


def test_a_stream_depends_on_seed_side_and_name_alone() -> None:
    one = Dice(7, "families")
    one.uniform("something else", 1000)
    assert one.uniform("hubs", 3).tolist() == Dice(7, "families").uniform("hubs", 3).tolist()
    others = [Dice(8, "families"), Dice(7, "providers"), Dice(7)]
    assert all(one.uniform("hubs", 3).tolist() != other.uniform("hubs", 3).tolist() for other in others)


def test_the_draws_are_those_they_always_were() -> None:
    dice = Dice(7, "families")
    assert dice.uniform("hubs", 3).tolist() == [0.8676714879220654, 0.9749562471642854, 0.29361577852269394]
    assert dice.whole("x", 0, 99, 6).tolist() == [32, 11, 85, 7, 28, 37]
    assert dice.bell("b", 2).tolist() == [-0.5487201626398726, 0.6325566854433955]
    assert dice.orders("o", 2, 5).tolist() == [[2, 0, 1, 4, 3], [4, 1, 2, 3, 0]]
    assert [next(row) for row in dice.numbers("t", 3)] == [255724336, 791791604, 1403460669]


def test_weights_are_kept_and_a_weight_of_nothing_is_never_picked() -> None:
    picked = Dice(7).pick("which", (0.2, 0.0, 0.5, 0.3), 20_000)
    assert np.bincount(picked) / 20_000 == pytest.approx((0.2, 0.0, 0.5, 0.3), abs=0.01)


def test_each_row_may_have_weights_of_its_own() -> None:
    weights = np.repeat([[1.0, 0.0], [0.0, 1.0]], 50, axis=0)
    assert Dice(7).pick("which", weights, 100).tolist() == [0] * 50 + [1] * 50


def test_the_bell_has_deviation_one_and_ends() -> None:
    drawn = Dice(7).bell("bell", 50_000)
    assert (drawn.mean(), drawn.std()) == pytest.approx((0, 1), abs=0.01)
    assert np.abs(drawn).max() < 3.5


def test_orders_are_orders() -> None:
    assert np.sort(Dice(7).orders("order", 50, 9), axis=1).tolist() == [list(range(9))] * 50


def test_a_text_has_a_row_of_numbers_of_its_own_without_an_end() -> None:
    few = [[next(row) for _ in range(200)] for row in Dice(7).numbers("text", 3)]
    many = [[next(row) for _ in range(200)] for row in Dice(7).numbers("text", 9000)]
    assert many[:3] == few
    assert len({tuple(row) for row in many}) == 9000


def test_the_narrowing_of_longitude_is_the_cosine() -> None:
    latitude = np.linspace(-18.4, 0.1, 200)
    assert np.abs(places.narrowing(latitude) - np.cos(np.radians(latitude))).max() < 1e-6


def test_a_town_counts_once_and_a_city_is_its_districts() -> None:
    rows = [District("150101", -12.0, -77.0, 1_000_000), District("150102", -12.03, -77.0, 0),
            District("150103", -12.5, -77.0, 0), District("150201", -10.7, -77.7, 0),
            District("150202", -12.0, -77.0, 1_000_000)]
    people = places.country(rows).people - places.VILLAGES
    assert people.tolist() == [500_000, 500_000, 0, 0, 0]


@pytest.mark.parametrize("rows", [[], [District("150101", -12.0, -77.0, 5)] * 2])
def test_no_district_or_one_twice_is_refused(rows: list[District]) -> None:
    with pytest.raises(ValueError, match="districts"):
        places.country(rows)
