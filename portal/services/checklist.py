"""The NGO's own checklist: what it asks of its providers. No line is deleted, since verified papers refer to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from sqlalchemy import select

from portal.errors import InvalidInputError
from portal.extensions import db
from portal.models import ChecklistItem
from portal.models.provider import KINDS
from portal.places import fold
from portal.policy import Actor, Permission, require
from portal.services import vetting

ITEM_KINDS = ("document", "visit")
OWN = ("title", "kind", "mandatory", "validity_days", "position", "active", "applies_to")


def save(actor: Actor, item: ChecklistItem | None, values: Mapping[str, Any]) -> ChecklistItem:
    """Make or change a line, and ask it of every provider it applies to. Raises InvalidInputError by field."""
    require(actor, Permission.SETTINGS_MANAGE)
    given = {name: values[name] for name in OWN if name in values}
    given["applies_to"] = _kinds(given.get("applies_to") or "")
    _check(given)
    if item is None:
        item = ChecklistItem(code=_code(given["title"]), **given)
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


def _check(given: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not str(given.get("title") or "").strip():
        wrong["title"] = ["text_missing"]
    if given.get("kind") not in ITEM_KINDS:
        wrong["kind"] = ["choice_missing"]
    if wrong:
        raise InvalidInputError("refused", wrong)


def _code(title: str) -> str:
    """A short name of the title that no other line of the NGO has: `visita_al_local`, `visita_al_local_2`."""
    stem = "_".join(re.findall(r"[a-z0-9]+", fold(title)))[:36] or "item"
    alike = select(ChecklistItem.code).where(ChecklistItem.code.startswith(stem, autoescape=True))
    taken = set(db.session.scalars(alike))
    numbered = (f"{stem}_{number}" for number in count(2))
    return stem if stem not in taken else next(code for code in numbered if code not in taken)
