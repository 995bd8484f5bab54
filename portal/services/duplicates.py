"""Cases that may be of the same family: somebody looks at each before a case is sent, and says which it is.

Only what the person may read is asked about, so that nobody learns of a confidential case by being held up.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal import clock, policy, workflow
from portal.errors import ConflictError, NotFoundError, Refusal
from portal.extensions import db
from portal.models import Family
from portal.policy import Actor, Permission
from portal.queries import families, sight
from portal.queries.families import Alike
from portal.workflow import Said

ASKED = ("draft", "needs_information")  # where a case is about to be sent


def alike(actor: Actor, family: Family) -> list[Alike]:
    """What a case about to be sent looks like; nothing of any other."""
    return families.alike(actor, family) if family.status in ASKED else []


def unanswered(found: Sequence[Alike]) -> bool:
    """Is there one of these of which nobody said yet that it is another family?"""
    return any(one.said is None for one in found)


def tell_apart(actor: Actor, family: Family, others: Sequence[UUID]) -> None:
    """Somebody looked: these are other families, seen from either side.

    Raises NotFoundError for a case it does not look like, ConflictError once the case was sent.
    """
    policy.require(actor, Permission.FAMILY_EDIT, family)
    found = [_found(actor, family, other) for other in others]
    answer = {"by": str(actor.id), "name": actor.name, "at": clock.now().isoformat(timespec="seconds")}
    family.told_apart = {**family.told_apart, **{str(one.id): answer for one in found}}


def tell_all_apart(actor: Actor, family: Family) -> None:
    """Who registers a case was shown those alike, and said that it is of another family."""
    tell_apart(actor, family, [one.family.id for one in alike(actor, family)])


def close(actor: Actor, family: Family, other: UUID) -> None:
    """It is the same family: the draft ends here, and the other case goes on. The same errors."""
    found = _found(actor, family, other)
    workflow.advance(family, "close_duplicate", actor, Said(reason="duplicate"))
    family.duplicate_of_id = found.id


def survivor(actor: Actor, family: Family) -> Family | None:
    """The case that goes on in place of a duplicate; None where there is none this person may read."""
    if family.duplicate_of_id is None:
        return None
    return db.session.scalars(
        select(Family).where(Family.id == family.duplicate_of_id, sight.of_readable(actor))
    ).one_or_none()


def _found(actor: Actor, family: Family, other: UUID) -> Family:
    if family.status not in ASKED:
        raise ConflictError("moved_on", [Refusal("moved_on", (("status", family.status), ("action", "tell_apart")))])
    found = next((one.family for one in families.alike(actor, family) if one.family.id == other), None)
    if found is None:
        raise NotFoundError
    return found
