"""What a statement of the ORM reads past its entities: SQL as text, and tables that stand in it bare.

The criteria of `portal.tenancy` are put on entities. A table without its entity, or a piece of SQL as text, would be
read as it is, for every tenant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, cast

from sqlalchemy import Alias, ColumnClause, Executable, FromClause, Select, TableClause, TextClause
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import ExternallyTraversible

HARMLESS = frozenset({"*", "1"})  # what SQLAlchemy itself writes for count and exists
MOST_KNOWN = 4000  # shapes of statements; the portal has some hundreds
_known: set[Any] = set()


def is_known(statement: Executable) -> bool:
    """Was a statement of the same shape found clean before? Texts, tables and entities are part of its shape."""
    shape = _shape(statement)
    return shape is not None and shape in _known


def remember(statement: Executable) -> None:
    """A statement of this shape is clean: walking through it again would find the same."""
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known.add(_shape(statement))


def _shape(statement: Executable) -> Any:
    """What SQLAlchemy itself keeps compiled statements by: everything but the values; None where it cannot say."""
    generate = getattr(statement, "_generate_cache_key", None)
    key = generate() if generate is not None else None
    return key.key if key is not None else None


def parts(statement: Executable, tables: Collection[str]) -> list[str]:
    """What no criterion reaches: text, and what is taken from one of `tables` without its entity."""
    found = {str(one) for one in _elements(statement) if _is_text(one)}
    selects = (one for one in _elements(statement) if isinstance(one, Select))
    return sorted(found.union(_bare(statement, tables), *(_bare(one, tables) for one in selects)))


def _bare(statement: Executable, tables: Collection[str]) -> set[str]:
    """The tables taken without their entity, in one SELECT by itself: an entity outside it narrows nothing inside."""
    # The walk names a source once, as it meets it first: the FROM says whether its entity is there.
    elements = [*_elements(statement), *getattr(statement, "_from_obj", ())]
    reached = _reached(elements)
    sources = [source for one in elements if (source := _source(one)) is not None and _table(source) in tables]
    through_alias = {one.element for one in sources if isinstance(one, Alias)}
    return {_table(one) or "" for one in sources if one not in reached and one not in through_alias}


def names_column(statement: Executable, name: str) -> bool:
    """Is a column of that name anywhere in a statement?"""
    return any(isinstance(one, ColumnClause) and one.key == name for one in _elements(statement))


def _elements(statement: Executable) -> Iterator[Any]:
    return visitors.iterate(cast(ExternallyTraversible, statement))


def _reached(elements: Iterable[Any]) -> set[Any]:
    """The tables and aliases that stand there through an entity."""
    owned = [one for one in elements if _has_entity(one)]
    return {one for one in owned if isinstance(one, FromClause)} | {
        one.table for one in owned if isinstance(one, ColumnClause)
    }


def _has_entity(element: Any) -> bool:
    return "parententity" in getattr(element, "_annotations", {})


def _source(element: Any) -> Any:
    """Where an element reads from: itself, if it is a table or an alias, or the table of a column."""
    return element.table if isinstance(element, ColumnClause) else element if isinstance(element, FromClause) else None


def _is_text(element: Any) -> bool:
    if isinstance(element, TextClause):
        return True
    return isinstance(element, ColumnClause) and element.is_literal and element.name not in HARMLESS


def _table(source: Any) -> str | None:
    """The name of the table behind a source, through its aliases."""
    while isinstance(source, Alias):
        source = source.element
    return source.name if isinstance(source, TableClause) else None
