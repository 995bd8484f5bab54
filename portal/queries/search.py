"""One box for everything: names by their words, DNI and phone by their blind index."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import selectinload

from portal.extensions import db
from portal.models import Caregiver, Child, Family, Provider, dni
from portal.places import fold
from portal.policy import Actor
from portal.queries import sight

MOST = 20
FEWEST_DIGITS = 6  # fewer are part of a name or a code, not of a DNI or a phone


@dataclass(frozen=True)
class Found:
    """What was found within the NGO."""

    families: list[Family] = field(default_factory=list)
    providers: list[Provider] = field(default_factory=list)


def search(actor: Actor, text: str) -> Found:
    """Families and providers by name, code (F-12, P-3), DNI or phone; at most twenty of each."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) >= FEWEST_DIGITS:
        return _by_number(actor, digits, _dni(text) or digits)
    words = fold(text).split()
    if not words:
        return Found()
    number = _code(text)
    return Found(_families(actor, text), _providers(words, number.get("p")))


def _code(text: str) -> dict[str, int]:
    kind, dash, number = text.strip().lower().partition("-")
    return {kind: int(number)} if dash and number.isdecimal() and len(number) < 9 else {}


def _dni(text: str) -> str | None:
    """The eight digits of a DNI that was typed with its check character."""
    found = dni.split(text)
    return found[0] if found and not dni.is_doubtful(text) else None


def of_named(text: str) -> ColumnElement[bool]:
    """The families of a code (F-12), or in whose people's names all these words are; without words none."""
    number, words = _code(text).get("f"), fold(text).split()
    if number is not None:
        return Family.number == number
    return and_(*(Family.search_name.contains(word, autoescape=True) for word in words)) if words else false()


def _families(actor: Actor, text: str) -> list[Family]:
    found = select(Family).where(sight.of_readable(actor), of_named(text))
    return list(db.session.scalars(found.options(selectinload(Family.caregivers)).order_by(Family.number).limit(MOST)))


def _providers(words: list[str], number: int | None) -> list[Provider]:
    found = select(Provider)
    for word in words if number is None else ():
        found = found.where(Provider.search_name.contains(word, autoescape=True))
    if number is not None:
        found = found.where(Provider.number == number)
    return list(db.session.scalars(found.order_by(Provider.name).limit(MOST)))


def _by_number(actor: Actor, phone: str, number: str) -> Found:
    """Who has this phone, or this DNI."""
    owners: set[UUID] = set()
    for kind, same in (
        (Caregiver, [Caregiver.dni_index == Caregiver.dni.lookup(number),
                     Caregiver.phone_index == Caregiver.phone.lookup(phone)]),
        (Child, [Child.dni_index == Child.dni.lookup(number)]),
    ):
        owners |= set(db.session.scalars(select(kind.family_id).where(or_(*same)).limit(MOST)))
    families = select(Family).where(Family.id.in_(owners), sight.of_readable(actor))
    providers = select(Provider).where(
        or_(Provider.dni_index == Provider.dni.lookup(number), Provider.phone_index == Provider.phone.lookup(phone))
    )
    return Found(
        list(db.session.scalars(families.options(selectinload(Family.caregivers)))),
        list(db.session.scalars(providers.limit(MOST))),
    )
