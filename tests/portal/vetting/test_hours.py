"""Hours as people type them."""

from __future__ import annotations

import pytest

from portal.errors import InvalidInputError
from portal.services.matching import read_hours


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


@pytest.mark.parametrize("typed", ["siempre", "lun 25:00-26:00", "lun-vie", "lun 07:00-07:00", "lun 7-8" * 90])
def test_hours_that_cannot_be_read_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read_hours(typed)
