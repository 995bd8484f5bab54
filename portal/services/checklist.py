"""The NGO's own checklist: what it asks of its providers. No line is deleted, since verified papers refer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import ChecklistItem
from portal.models.provider import KINDS
from portal.policy import Actor, Permission, require
from portal.services import vetting

ITEM_KINDS = ("document", "visit")
OWN = ("code", "title", "kind", "mandatory", "validity_days", "position", "active", "applies_to")


def save(actor: Actor, item: ChecklistItem | None, values: Mapping[str, Any]) -> ChecklistItem:
    """Make or change a line, and ask it of every provider it applies to. Raises InvalidInputError by field."""
    require(actor, Permission.SETTINGS_MANAGE)
    given = {name: values[name] for name in OWN if name in values}
    given["applies_to"] = _kinds(given.get("applies_to") or "")
    _check(item, given)
    if item is None:
        item = ChecklistItem(**given)
        db.session.add(item)
    for name, value in given.items():
        setattr(item, name, value)
    db.session.flush()
    vetting.spread(item)
    return item


def _kinds(given: str) -> str:
    """The kinds of provider it applies to, "" for all."""
    kinds = given.split(",")
    return ",".join(kind for kind in KINDS if kind in kinds) if set(kinds) - {""} else ""


def _check(item: ChecklistItem | None, given: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not str(given.get("title") or "").strip():
        wrong["title"] = ["choice_missing"]
    if given.get("kind") not in ITEM_KINDS:
        wrong["kind"] = ["choice_missing"]
    taken = select(ChecklistItem.id).where(ChecklistItem.code == given.get("code"))
    if item is not None:
        taken = taken.where(ChecklistItem.id != item.id)
    if db.session.scalars(taken).first() is not None:
        wrong["code"] = ["code_taken"]
    if wrong:
        raise InvalidInputError("refused", wrong)
