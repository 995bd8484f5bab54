"""Cursors: what a list made is read again, whatever else is sent is refused as such."""

from __future__ import annotations

import base64
from datetime import UTC, date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal.api import paging
from portal.errors import InvalidInputError

NUMBERS, INSTANTS, DAYS = (paging.number,), (paging.instant, UUID), (date.fromisoformat, UUID)
JSONS = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)


@given(st.integers(0, paging.LARGEST), st.datetimes(timezones=st.just(UTC)), st.dates(), st.uuids())
def test_a_cursor_is_read_as_it_was_made(number: int, at: object, day: object, row: UUID) -> None:
    for key, readers in (((number,), NUMBERS), ((at, row), INSTANTS), ((day, row), DAYS)):
        assert paging.key(paging.word(key), readers) == key


@given(st.text(max_size=300) | JSONS.map(lambda one: base64.urlsafe_b64encode(repr(one).encode()).decode()))
def test_anything_else_is_refused_as_a_cursor(said: str) -> None:
    for readers in (NUMBERS, INSTANTS, DAYS):
        assert _read(said, readers) in (["cursor"], len(readers))


def _read(said: str, readers: tuple[paging.Reader, ...]) -> list[str] | int:
    """The field an error names, or the length of the key that was read."""
    try:
        return len(paging.key(said, readers) or ())
    except InvalidInputError as error:
        return list(error.fields)


def test_a_list_at_its_end_has_no_cursor() -> None:
    assert paging.word(None) is None
    assert paging.key(None, NUMBERS) is None
