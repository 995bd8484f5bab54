"""Pages that begin after a row, not at a number: what is added meanwhile shifts nothing, and no page is slow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_

from portal.extensions import db

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Order:
    """What a list is in order of: columns that together are unique, all ascending or all descending."""

    columns: tuple[Any, ...]
    newest_first: bool = False

    def beyond(self, key: Key) -> ColumnElement[bool]:
        """The rows that come after a row with this key."""
        found: ColumnElement[bool] = false()
        for place, (column, value) in enumerate(zip(self.columns, key, strict=True)):
            same = [one == known for one, known in zip(self.columns[:place], key, strict=False)]
            found = or_(found, and_(*same, column < value if self.newest_first else column > value))
        return found

    def key_of(self, row: Any) -> Key:
        """Where a row stands."""
        return tuple(getattr(row, column.key) for column in self.columns)


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the key to go on from; None at the end."""

    rows: Sequence[Any]
    after: Key | None


def page(query: Select[Any], order: Order, after: Key | None, limit: int) -> Page:
    """At most `limit` rows after a key (None: from the start)."""
    if after is not None:
        query = query.where(order.beyond(after))
    ordered = [column.desc() if order.newest_first else column.asc() for column in order.columns]
    rows = list(db.session.scalars(query.order_by(*ordered).limit(limit + 1)).unique())
    shown = rows[:limit]
    return Page(shown, order.key_of(shown[-1]) if len(rows) > limit else None)
