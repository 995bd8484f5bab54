"""Cursors: where a list goes on, as one opaque word. They hold numbers, days and ids, never a name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.errors import InvalidInputError
from portal.queries.keyset import Key

Reader = Callable[[Any], Any]
LARGEST = 2**31 - 1
LONGEST = 200  # characters of a cursor


def number(value: Any) -> int:
    """A row's number; ValueError for what none can be."""
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise ValueError(value)
    return value


def instant(value: Any) -> datetime:
    """An aware instant."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def word(key: Key | None) -> str | None:
    """A key as a cursor; None at the end of a list."""
    if key is None:
        return None
    plain = [one.isoformat() if isinstance(one, date) else str(one) if isinstance(one, UUID) else one for one in key]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def key(cursor: str | None, readers: tuple[Reader, ...]) -> Key | None:
    """A cursor as the key it was made from. Raises InvalidInputError for one this list did not make."""
    if cursor is None:
        return None
    try:
        if len(cursor) > LONGEST:
            raise ValueError(cursor)
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(reader(one) for reader, one in zip(readers, plain, strict=True))
    except (ValueError, TypeError, AttributeError):
        raise InvalidInputError("cursor_unknown", {"cursor": ["cursor_unknown"]}) from None
