"""A move tried from a page: what stood in its way, so that the page can be shown again with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm.exc import StaleDataError

from portal import wording
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.extensions import db
from portal.models import Family


@dataclass(frozen=True)
class Obstacle:
    """Why a move was not made: the reasons in words, the codes beside their fields, the status of the answer."""

    texts: tuple[str, ...]
    fields: dict[str, list[str]]
    status: int


def attempt(do: Callable[[], Any]) -> Obstacle | None:
    """Make the move, or undo all of it and say why not. Rows read before must be loaded again after an obstacle."""
    try:
        do()
        db.session.flush()
    except InvalidInputError as error:
        codes = [code for found in error.fields.values() for code in found]
        return _undone(Obstacle(tuple(wording.message(code) for code in codes), error.fields, 422))
    except ConflictError as error:
        return _undone(Obstacle(tuple(wording.refusal(one) for one in error.refusals), {}, 409))
    except StaleDataError:
        return _undone(Obstacle((wording.message("moved_on"),), {}, 409))
    return None


def expect_version(row: Any) -> None:
    """The page was made for the row as it is: ConflictError when the row has moved on since."""
    if request.form.get("version", "") != str(row.version):
        raise ConflictError("moved_on")


def expect_edition(family: Family) -> None:
    """The page was made for the case as it is, with its people and consents: ConflictError when any changed since."""
    if request.form.get("version", "") != family.edition:
        raise ConflictError("changed_meanwhile")


def one_of(action: str, known: dict[str, Callable[[], Any]]) -> Callable[[], Any]:
    """What an action of an address does; NotFoundError for an unknown one."""
    if action not in known:
        raise NotFoundError
    return known[action]


def _undone(obstacle: Obstacle) -> Obstacle:
    db.session.rollback()
    return obstacle
