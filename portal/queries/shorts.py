"""Short lists with their counts, of one table by one statement.

The statement is made once and kept: who asks, the day and the like are parameters of it. Making one anew takes longer
than the database takes to answer it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm.interfaces import ORMOption

from portal.extensions import db
from portal.models import Family, FollowUp, Placement, Proposal

SHOWN = 5


@dataclass(frozen=True)
class Bucket:
    """One short list: which rows, in which order."""

    name: str
    which: ColumnElement[bool]
    order: ColumnElement[Any]
    newest_first: bool = False
    alone: bool = False  # asks nothing of the family: an index of its own table counts it

    def sorted_by(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return column.desc() if self.newest_first else column.asc()


@dataclass(frozen=True)
class Short:
    """The first rows of a bucket, and how many there are in all."""

    rows: tuple[Any, ...] = ()
    count: int = 0

    def __add__(self, other: Short) -> Short:
        return Short((*self.rows, *other.rows), self.count + other.count)


@dataclass(frozen=True)
class Asked:
    """The statement of some buckets, and their names."""

    statement: Select[Any]
    names: tuple[str, ...]


def ask(kind: type, buckets: list[Bucket], *options: ORMOption) -> Asked:
    """The first rows and the count of every bucket, by one statement however many there are."""
    firsts = union_all(*(_first(kind, bucket) for bucket in buckets)).subquery()
    counts = union_all(*(_count(kind, bucket) for bucket in buckets)).subquery()
    found = (
        select(kind, firsts.c.bucket, counts.c.total).join(firsts, firsts.c.id == kind.id)
        .join(counts, counts.c.bucket == firsts.c.bucket).order_by(firsts.c.bucket, firsts.c.place).options(*options)
    )
    return Asked(found, tuple(bucket.name for bucket in buckets))


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, by which no index is looked up: the planner finds the rows by what else is asked for.

    SQLite takes an index of the column that is sorted or narrowed by even where few rows of it are wanted.
    """
    return func.coalesce(column, column)


def read(asked: Asked, **values: Any) -> dict[str, Short]:
    """What is in the buckets now, for these values of the statement's parameters."""
    lists: dict[str, list[Any]] = {name: [] for name in asked.names}
    totals = dict.fromkeys(lists, 0)
    for row, bucket, total in db.session.execute(asked.statement, values).unique():
        lists[bucket].append(row)
        totals[bucket] = total
    return {name: Short(tuple(rows), totals[name]) for name, rows in lists.items()}


def _first(kind: type, bucket: Bucket) -> Any:
    """The ids of the first few and their places: numbered after the cut, so that the rest is never sorted."""
    few = (
        _joined(kind, select(kind.id.label("id"), bucket.order.label("key"))).where(bucket.which)
        .order_by(bucket.sorted_by(bucket.order)).limit(SHOWN).subquery()
    )
    place = func.row_number().over(order_by=bucket.sorted_by(few.c.key))
    return select(few.c.id, literal(bucket.name).label("bucket"), place.label("place"))


def _count(kind: type, bucket: Bucket) -> Any:
    counted = select(literal(bucket.name).label("bucket"), func.count().label("total")).select_from(kind)
    return (counted if bucket.alone else _joined(kind, counted)).where(bucket.which)


def _joined(kind: type, chosen: Select[Any]) -> Select[Any]:
    """With the family a condition may ask about."""
    if kind in (Placement, Proposal):
        return chosen.join(Family, Family.id == kind.family_id)
    if kind is FollowUp:
        by_placement = chosen.join(Placement, Placement.id == FollowUp.placement_id)
        return by_placement.join(Family, Family.id == Placement.family_id)
    return chosen
