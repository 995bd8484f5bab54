"""Providers: the profile, the seats, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal import clock, events, places
from portal.errors import ConflictError, InvalidInputError
from portal.extensions import db
from portal.models import Provider
from portal.models.child import BANDS
from portal.policy import Actor, Permission, require
from portal.services import checks, numbers, seats, vetting

OWN = (
    "name", "kind", "contact_name", "dni", "phone", "email", "address", "ubigeo", "languages", "monthly_fee_pen",
    "accepts_subsidy", "schedule", "special_needs", "profile", "external_ref",
)
GRID = 0.005  # degrees: about 500 m, as exactly as a place is kept in the clear


def create(actor: Actor, values: Mapping[str, Any]) -> Provider:
    """A new provider, who applied or, with `invited`, was only asked so far. Raises InvalidInputError by field."""
    require(actor, Permission.PROVIDER_EDIT)
    _check(values)
    _refuse_duplicate(str(values.get("dni") or ""), None)
    provider = Provider(
        number=numbers.following(Provider.number), status="invited" if values.get("invited") else "applied",
        name=values["name"], kind=values["kind"], ubigeo=values["ubigeo"],
    )
    _write(provider, values)
    db.session.add(provider)
    db.session.flush()
    _set_seats(provider, values)
    events.announce("provider.changed", provider=provider.id)
    return provider


def save(actor: Actor, provider: Provider, values: Mapping[str, Any], version: int) -> None:
    """Change the profile as it was at `version`.

    Raises ConflictError when somebody else changed it meanwhile or seats are in use, InvalidInputError by field.
    """
    require(actor, Permission.PROVIDER_EDIT, provider)
    if provider.version != version:
        raise ConflictError("moved_on")
    _check(values)
    _refuse_duplicate(str(values.get("dni") or ""), provider)
    _write(provider, values)
    db.session.flush()
    _set_seats(provider, values)
    if provider.items:
        vetting.ask(provider)  # another kind may be asked for other papers
        vetting.refresh(provider)
    events.announce("provider.changed", provider=provider.id)


def confirm_seats(actor: Actor, provider: Provider) -> None:
    """The provider said today that the free seats are as written."""
    require(actor, Permission.PROVIDER_EDIT, provider)
    provider.vacancies_confirmed_on = clock.today()


def reveal(actor: Actor, provider: Provider, name: str) -> str:
    """A sealed value in the clear; who asks writes down why. Raises InvalidInputError for any other field."""
    require(actor, Permission.PROVIDER_REVEAL, provider)
    if name not in SEALED:
        raise InvalidInputError("choice_missing", {"field": ["choice_missing"]})
    return getattr(provider, name) or ""


SEALED = ("dni", "phone", "address")


def _write(provider: Provider, values: Mapping[str, Any]) -> None:
    for name in OWN:
        if name in values:
            setattr(provider, name, values[name])
    provider.search_name = places.fold(f"{provider.name} {provider.contact_name}")[:300]
    here = (on_grid(values.get("latitude")), on_grid(values.get("longitude")))
    provider.latitude, provider.longitude = (None, None) if None in here else here


def on_grid(degrees: float | None) -> float | None:
    """As exactly as a provider's place is kept."""
    return None if degrees is None else round(round(float(degrees) / GRID) * GRID, 6)


def _set_seats(provider: Provider, values: Mapping[str, Any]) -> None:
    given = {band: values.get(f"seats_{band}") for band in BANDS}
    for band, capacity in given.items():
        if capacity is not None:
            seats.set_capacity(provider.id, band, int(capacity))
    if any(capacity is not None for capacity in given.values()):
        provider.vacancies_confirmed_on = clock.today()
    db.session.flush()


def _check(values: Mapping[str, Any]) -> None:
    """A provider's profile is kept whole: what must be there is asked whether it was sent or not."""
    wrong = checks.required({name: values.get(name) for name in ("name", "kind")}, "name", "kind")
    if not values.get("ubigeo"):
        wrong["ubigeo"] = ["district_unknown"]
    checks.refuse(checks.faults("provider", values) | wrong)


def _refuse_duplicate(dni: str, but: Provider | None) -> None:
    """No two providers of an NGO have one DNI; what another NGO has is neither asked nor told."""
    index = Provider.dni.lookup(dni) if dni else None
    if index is None:
        return
    found = select(Provider.id).where(Provider.dni_index == index)
    if but is not None:
        found = found.where(Provider.id != but.id)
    if db.session.scalars(found).first() is not None:
        raise InvalidInputError("duplicate_dni", {"dni": ["duplicate_dni"]})
