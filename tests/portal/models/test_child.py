"""Ages in whole months, and the band a seat is in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.child import BAND_ENDS, BANDS, band_on, months_old

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(("birth", "on", "months"), [
    (date(2025, 1, 15), date(2025, 1, 15), 0), (date(2025, 1, 15), date(2025, 2, 14), 0),
    (date(2025, 1, 15), date(2025, 2, 15), 1), (date(2024, 2, 29), date(2025, 2, 28), 11),
    (date(2024, 2, 29), date(2025, 3, 1), 12), (date(2024, 12, 31), date(2025, 11, 30), 10),
])
def test_a_month_is_whole_on_its_day(birth: date, on: date, months: int) -> None:
    assert months_old(birth, on) == months


@pytest.mark.parametrize(("years", "band"), [(0, "0_11m"), (1, "12_23m"), (2, "24_35m"), (3, "36_71m"), (5, "36_71m")])
def test_a_birthday_begins_a_band(years: int, band: str) -> None:
    birth = date(2020, 6, 15)
    assert band_on(birth, birth.replace(year=2020 + years)) == band


def test_from_the_sixth_birthday_on_there_is_none() -> None:
    birth = date(2020, 6, 15)
    assert band_on(birth, date(2026, 6, 14)) == "36_71m"
    assert band_on(birth, date(2026, 6, 15)) is None


@given(DAYS, st.integers(0, 4000))
def test_nobody_grows_younger(birth: date, days: int) -> None:
    on = birth + timedelta(days=days)
    assert 0 <= months_old(birth, on) <= months_old(birth, on + timedelta(days=1))
    order = [*BANDS, None]
    assert order.index(band_on(birth, on)) <= order.index(band_on(birth, on + timedelta(days=1)))


def test_bands_have_ends_in_order() -> None:
    assert len(BANDS) == len(BAND_ENDS)
    assert list(BAND_ENDS) == sorted(BAND_ENDS)
