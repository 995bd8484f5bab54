"""What a list reads of a row: names, places and states, not stories, profiles and weeks, which take long to read.

Anything else of such a row is still there, for one more statement.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import joinedload

from portal.models import Caregiver, Child, Family, Provider, Suggestion

FAMILY = (
    Family.number, Family.status, Family.status_since, Family.waiting_since, Family.paused_until, Family.caseworker_id,
    Family.authors, Family.confidential, Family.priority, Family.ubigeo, Family.latitude, Family.longitude,
)
CAREGIVER = (
    Caregiver.family_id, Caregiver.position, Caregiver.given_names, Caregiver.paternal_surname,
    Caregiver.maternal_surname,
)
CHILD = (Child.family_id, Child.given_names, Child.surnames)
PROVIDER = (
    Provider.number, Provider.name, Provider.status, Provider.ubigeo, Provider.latitude, Provider.longitude,
    Provider.vetting_officer_id, Provider.valid_until,
)
SUGGESTION = (Suggestion.band, Suggestion.warnings)


def family(path: Any) -> Any:
    """A family by this path of loading, with the names of its adults."""
    return path.load_only(*FAMILY).options(people())


def people() -> Any:
    """The names of a family's adults, beside it."""
    return joinedload(Family.caregivers).load_only(*CAREGIVER)


def child(path: Any) -> Any:
    """A child by this path."""
    return path.load_only(*CHILD)


def provider(path: Any) -> Any:
    """A provider by this path."""
    return path.load_only(*PROVIDER)
