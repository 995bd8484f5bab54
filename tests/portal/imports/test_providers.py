"""Providers from a file: applicants, whatever the file says of their vetting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Provider
from portal.queries import frames
from portal.services.imports.plan import Plan
from tests.portal.imports.conftest import noticed, provider, told

Look = Callable[..., Plan]
Bring = Callable[..., dict[str, int]]


def the_provider() -> Provider:
    """What the sender's key became."""
    return db.session.scalars(
        select(Provider).where(Provider.external_ref == "p1").execution_options(populate_existing=True)
    ).one()


def test_a_row_becomes_an_applicant_with_its_seats(bring: Bring) -> None:
    bring(provider())
    row = the_provider()
    assert (row.status, row.valid_until, row.name, row.kind) == ("applied", None, "Hogar Amancay", "home")
    assert {seat.band: seat.capacity for seat in row.seats} == {
        "0_11m": 0, "12_23m": 1, "24_35m": 2, "36_71m": 3,
    }
    assert (row.languages, row.special_needs, row.accepts_subsidy) == (["es", "quy"], ["asthma"], True)
    assert frames.from_centre(row)  # a file without a place gives none: distances are said as those of a district


@pytest.mark.parametrize("status", ["approved", "suspended", "cualquiera"])
def test_no_file_says_who_is_vetted(bring: Bring, look: Look, status: str) -> None:
    assert noticed(look(provider(vetting_status=status))) == {"vetting_ignored"}
    bring(provider(vetting_status=status))
    assert the_provider().status == "applied"


def test_the_same_file_again_changes_nothing(bring: Bring, look: Look) -> None:
    bring(provider())
    assert look(provider()).counts()["alone"] == 1
    bring(provider())
    assert db.session.scalar(select(func.count(Provider.id))) == 1


def test_an_applicant_is_changed_by_its_key(bring: Bring) -> None:
    bring(provider(latitude="-11.90", longitude="-77.05"))
    assert bring(provider(monthly_fee_pen="90,5", seats_24_35m="4", profile=""))["changed"] == 1
    row = the_provider()
    assert (float(row.monthly_fee_pen), row.profile, row.latitude) == (90.5, "Cuido en mi casa.", -11.9)
    assert {seat.band: seat.capacity for seat in row.seats}["24_35m"] == 4


def test_another_district_moves_the_place_with_it(bring: Bring) -> None:
    bring(provider())
    before = frames.point(the_provider())
    bring(provider(ubigeo="050101"))
    assert frames.point(the_provider()) != before


@pytest.mark.parametrize("status", ["in_vetting", "approved", "suspended", "closed"])
def test_whose_vetting_has_begun_is_left_alone(bring: Bring, look: Look, status: str) -> None:
    bring(provider())
    the_provider().status = status
    plan = look(provider(name="Otro nombre"))
    assert (plan.counts()["alone"], noticed(plan)) == (1, {"vetting_ignored", "provider_moved_on"})


@pytest.mark.parametrize(("column", "cell", "code"), [
    ("provider_ref", "", "text_missing"), ("name", "", "text_missing"), ("name", "n" * 161, "too_long"),
    ("kind", "casa", "not_one_of"), ("ubigeo", "1", "district_unknown"), ("monthly_fee_pen", "99999", "fee_outside"),
    ("seats_12_23m", "1.5", "number_whole"), ("seats_12_23m", "100", "seats_outside"),
    ("accepts_subsidy", "1", "yes_no"), ("profile", "p" * 10_001, "too_long"), ("special_needs", "x", "not_one_of"),
])
def test_what_is_wrong_is_told_by_row_and_column(look: Look, column: str, cell: str, code: str) -> None:
    assert told(look(provider(**{column: cell}))) == [(2, column, code)]


def test_a_key_listed_twice_is_told(look: Look) -> None:
    assert told(look(provider(), provider())) == [(3, "provider_ref", "ref_twice")]
