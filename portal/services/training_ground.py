"""Families and providers as they are now, for the swap test of what was learnt: in memory, read once, kept nowhere.

Only families that consented to training, without confidential cases. Stories go the way they always go: without
names, addresses and whatever exposes somebody (`ml.text`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml.learn.swap.proof import MOST_FAMILIES
from ml.world import World, encoded
from portal.models import Child, Family, Provider
from portal.models.child import BANDS
from portal.queries import frames
from portal.services.matching import convert
from portal.services.matching.vectors import encoder


def build(families: Sequence[Family]) -> World:
    """The world of the last of these families with a story, as many as are asked, and of every provider in sight."""
    told = [family for family in families if family.story][-MOST_FAMILIES:]
    needs = [_need(family, one) for family in told for one in family.children]
    return encoded(encoder(), needs, [_offer(one) for one in frames.providers()])


def _need(family: Family, one: Child) -> dict[str, Any]:
    """Under the names of families_data.csv."""
    found = frames.child(family, one)
    names = [person.full_name for person in (*family.caregivers, *family.children)]
    return {
        "family_ref": found["family"], "child_ref": found["ref"], "child_birth_date": found["birth"],
        "start_date": found["start"], "latitude": found["latitude"], "longitude": found["longitude"],
        "max_distance_km": found["max_km"], "max_monthly_fee_pen": found["max_fee"], "siblings": family.siblings,
        "child_special_needs": found["needs"], "schedule": convert.week(found["schedule"]),
        "language": found["languages"], "story": family.story or "", "caregiver_name": " ".join(names),
        "child_name": "",
    }


def _offer(one: Provider) -> dict[str, Any]:
    """Under the names of providers_data.csv."""
    found = frames.provider(one)
    return {
        "provider_ref": found["ref"], "name": one.contact_name, "ubigeo": found["ubigeo"],
        "vetting_status": found["status"], "vetting_valid_until": found["valid_until"],
        "latitude": found["latitude"], "longitude": found["longitude"], "monthly_fee_pen": found["fee"],
        "accepts_subsidy": found["accepts_subsidy"], "special_needs": found["needs"],
        "schedule": convert.week(found["schedule"]), "languages": found["languages"], "profile": one.profile,
        **{f"seats_{band}": seats for band, seats in zip(BANDS, found["seats"], strict=True)},
    }
