"""Rows of a frame, in any order and more than once."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from ml.assign.part import Ints
from ml.frames import Children, Coded, Providers

Frame = TypeVar("Frame", Children, Providers)


def take(frame: Frame, rows: Ints) -> Frame:
    """The frame of some rows, every column of it."""
    columns: dict[str, Any] = {field.name: _of(getattr(frame, field.name), rows) for field in fields(frame)}
    return replace(frame, **columns)


def _of(column: Any, rows: Ints) -> Any:
    if isinstance(column, Coded):
        return Coded(column.values, column.place[rows])
    if isinstance(column, tuple):
        return tuple(column[row] for row in rows.tolist())
    return np.asarray(column)[rows]
