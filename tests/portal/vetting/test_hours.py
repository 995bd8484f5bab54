"""Hours as people type them."""

from __future__ import annotations

import pytest

from portal.errors import InvalidInputError
from portal.services.matching import read_hours, weekdays


@pytest.mark.parametrize(("typed", "kept"), [
    ("", ""),
    ("lun-vie 7:00-18:00", "mon-fri 07:00-18:00"),
    ("Lun-Vie 07:00-18:00; sáb 8:00-13:00", "mon-fri 07:00-18:00; sat 08:00-13:00"),
    ("mon-fri 07:00-18:00", "mon-fri 07:00-18:00"),
    ("lunes 19:00-07:00", "mon 19:00-07:00"),
    ("miércoles 8:00 a 12:00", "wed 08:00-12:00"),
])
def test_typed_hours_are_kept_in_one_way(typed: str, kept: str) -> None:
    assert read_hours(typed) == kept


@pytest.mark.parametrize(("kept", "days"), [
    ("mon-fri 07:00-18:00; sat 08:00-13:00", {0, 1, 2, 3, 4, 5}), ("fri 19:00-07:00", {4}), ("sun 19:00-07:00", {6}),
    ("", {0, 1, 2, 3, 4, 5, 6}), ("siempre", {0, 1, 2, 3, 4, 5, 6}),
])
def test_the_days_of_a_week_are_those_on_which_care_begins(kept: str, days: set[int]) -> None:
    assert weekdays(kept) == days


@pytest.mark.parametrize("typed", ["siempre", "lun 25:00-26:00", "lun-vie", "lun 07:00-07:00", "lun 7-8" * 90])
def test_hours_that_cannot_be_read_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read_hours(typed)
