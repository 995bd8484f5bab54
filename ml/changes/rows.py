"""Rows of a frame, in any order and more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from ml.assign.part import Ints
from ml.frames import Children, Coded, Providers

Frame = TypeVar("Frame", Children, Providers)


def take(frame: Frame, rows: Ints) -> Frame:
    """The frame of some rows, every column of it."""
    columns: dict[str, Any] = {field.name: _of(getattr(frame, field.name), rows) for field in fields(frame)}
    return replace(frame, **columns)


def joined(parts: Sequence[Children]) -> Children:
    """One frame of several, one after the other. Their families are numbered together beforehand."""
    columns = {field.name: _one([getattr(part, field.name) for part in parts]) for field in fields(Children)}
    return replace(parts[0], **columns)


def _one(columns: list[Any]) -> Any:
    if isinstance(columns[0], Coded):
        places: dict[Any, int] = {}
        numbers = [
            np.array([places.setdefault(value, len(places)) for value in column.values], dtype=np.int64)[column.place]
            for column in columns
        ]
        return Coded(tuple(places), np.concatenate(numbers))
    if isinstance(columns[0], tuple):
        return tuple(chain.from_iterable(columns))
    return np.concatenate(columns)


def _of(column: Any, rows: Ints) -> Any:
    if isinstance(column, Coded):
        return column.some(rows)
    if isinstance(column, tuple):
        return tuple(column[row] for row in rows.tolist())
    return np.asarray(column)[rows]
