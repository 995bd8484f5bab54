"""What is sealed, shown to whom may see it: for a reason that goes into the trail."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portal import audit, policy
from portal.errors import InvalidInputError, NotFoundError
from portal.models import Caregiver, Child, Family, Placement, Provider, Transition
from portal.policy import Actor, Permission
from portal.services import providers
from portal.workflow import EXPLAINED_ENDS

OF_FAMILY = {
    "family": ("address", "address_reference", "income", "protection_note"),
    "caregiver": ("dni", "phone"),
    "child": ("dni", "health_note"),
}
TAKES_BACK = ("overrule_end", "correct")  # moves after which care goes on
SHORTEST_WHY = 5  # letters of a reason


def row_of(family: Family, row_id: str) -> Family | Caregiver | Child:
    """The row of a case with this id, the case itself for ""; NotFoundError for any other."""
    rows = {str(one.id): one for one in (family, *family.caregivers, *family.children)}
    found = rows.get(row_id or str(family.id))
    if found is None:
        raise NotFoundError
    return found


def of_family(actor: Actor, row: Family | Caregiver | Child, field: str, why: str) -> str | None:
    """A sealed value of a row of a case, None where there is none.

    Raises NotFoundError for a field this row does not have, InvalidInputError (`why_missing`) without a reason.
    """
    policy.require(actor, Permission.FAMILY_REVEAL, row)
    if field not in OF_FAMILY[row.__tablename__]:
        raise NotFoundError
    _check(why)
    audit.record("reveal", row, reason=why.strip(), fields=(field,))
    return getattr(row, field) or None


def reserved(moves: Sequence[Transition]) -> set[UUID]:
    """Of a placement's moves, the newest first, those whose notes say what may have happened to a child: an end for
    safety, and the move that answered it."""
    found, for_safety = set(), False
    for move in reversed(moves):
        answers = for_safety
        if move.reason or move.action in TAKES_BACK:
            for_safety = move.reason in EXPLAINED_ENDS
        if answers or for_safety:
            found.add(move.id)
    return found


def of_move(actor: Actor, placement: Placement, move: Transition | None, why: str) -> str | None:
    """The note of a move of a placement, for who may see what is sealed of its family; None where there is none.

    Raises NotFoundError for no move of this placement, InvalidInputError as above.
    """
    policy.require(actor, Permission.FAMILY_REVEAL, placement)
    if move is None or (move.flow, move.subject_id) != ("placement", placement.id):
        raise NotFoundError
    _check(why)
    audit.record("reveal", move, reason=why.strip(), fields=("note",))
    return move.note


def of_provider(actor: Actor, provider: Provider, field: str, why: str) -> str | None:
    """A sealed value of a provider, None where there is none. Raises InvalidInputError as above."""
    value = providers.reveal(actor, provider, field)
    _check(why)
    audit.record("reveal", provider, reason=why.strip(), fields=(field,))
    return value or None


def _check(why: str) -> None:
    if len(why.strip()) < SHORTEST_WHY:
        raise InvalidInputError("why_missing", {"reason": ["why_missing"]})
