"""Families from a file: what is made, what changes, what is left alone, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal import wording
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import Caregiver, Child, Consent, Family
from portal.models.family import consent_now
from portal.services import intakes
from portal.services.imports.plan import Plan
from tests.portal.imports.conftest import family, noticed, told
from tests.portal.worlds import World

Look = Callable[..., Plan]
Bring = Callable[..., dict[str, int]]


def the_family(ref: str = "f1") -> Family:
    """The case a sender's key became."""
    db.session.flush()
    return db.session.scalars(
        select(Family).where(Family.external_ref == ref).execution_options(populate_existing=True)
    ).one()


def test_a_row_becomes_a_draft_with_everything_it_says(bring: Bring, world: World) -> None:
    assert bring(family())["made"] == 1
    case, caregiver, child = the_family(), the_family().main_caregiver, the_family().children[0]
    assert (case.status, case.caseworker_id, case.ubigeo, case.sisfoh) == ("draft", world.worker.id, "150132", "pobre")
    assert (case.languages, case.max_distance_km, case.story) == (["quy", "es"], 3.0, "Vende en el mercado.")
    assert case.max_monthly_fee_pen == Decimal(150)
    assert (case.latitude, case.longitude) == (-11.98, -77.005)
    assert caregiver.full_name == "Rosa María Quispe Huamán"
    assert (caregiver.paternal_surname, caregiver.dni, caregiver.phone) == ("Quispe", "41234567", "987654321")
    assert (child.given_names, child.birth_date, child.start_date) == ("Luz", date(2024, 5, 20), date(2026, 12, 1))
    assert (child.special_needs, child.schedule) == (["asthma", "diet"], "mon-fri 07:00-18:00")
    assert child.external_ref == "f1-1"


def test_rows_with_one_key_are_one_family(bring: Bring) -> None:
    assert bring(family(), family(child_ref="f1-2", child_name="Sol", child_birth_date="2023-01-02"))["made"] == 1
    assert [one.given_names for one in the_family().children] == ["Sol", "Luz"]


def test_consents_are_those_of_the_file_with_its_day_and_text(bring: Bring) -> None:
    bring(family(consent_date="02/11/2026", consent_text_version="2025-09"))
    given = {one.purpose: one for one in db.session.scalars(select(Consent))}
    assert {name: one.given for name, one in given.items()} == {"services": True, "matching": False}
    one = given["services"]
    assert (one.given_on, one.text_version, one.channel) == (date(2026, 11, 2), "2025-09", "file")


@pytest.mark.parametrize(("cell", "agreed"), [("Sí", True), ("no", False), ("", False)])
def test_a_file_says_whether_what_the_carer_must_know_may_be_shared(bring: Bring, cell: str, agreed: bool) -> None:
    bring(family(consent_sharing=cell, consent_date="02/11/2026"))
    assert consent_now(the_family(), "sharing") is agreed
    asked = [one.given_on for one in the_family().consents if one.purpose == "sharing"]
    assert asked == ([date(2026, 11, 2)] if cell else [])


def test_an_agreement_to_share_is_taken_back_by_a_later_file(bring: Bring) -> None:
    bring(family(consent_sharing="yes"))
    assert bring(family(consent_sharing="yes"))["alone"] == 1
    assert bring(family())["alone"] == 1
    assert bring(family(consent_sharing="no"))["changed"] == 1
    assert not consent_now(the_family(), "sharing")


def test_a_file_that_names_no_text_claims_none(bring: Bring) -> None:
    bring(family())
    assert {one.text_version for one in db.session.scalars(select(Consent))} == {"archivo"}
    assert intakes.CONSENT_TEXT != "archivo"


def test_the_same_file_again_changes_nothing(bring: Bring, look: Look) -> None:
    bring(family())
    assert look(family()).counts() == {"made": 0, "changed": 0, "alone": 1, "bad": 0, "complete": 1}
    bring(family())
    assert db.session.scalar(select(func.count(Family.id))) == 1
    assert db.session.scalar(select(func.count(Consent.id))) == 2


def test_a_key_known_already_changes_its_draft(bring: Bring) -> None:
    bring(family())
    again = family(phone="912345678", story="", schedule="sat 08:00-12:00", consent_matching="yes")
    assert bring(again)["changed"] == 1
    case = the_family()
    assert (case.main_caregiver.phone, case.story) == ("912345678", "Vende en el mercado.")
    assert case.children[0].schedule == "sat 08:00-12:00"
    assert [one.given for one in case.consents if one.purpose == "matching"] == [False, True]


def test_names_somebody_put_right_are_not_taken_apart_again(bring: Bring) -> None:
    bring(family(caregiver_name="Rosa María Quispe"))
    caregiver = the_family().main_caregiver
    caregiver.given_names, caregiver.paternal_surname, caregiver.maternal_surname = "Rosa María", "Quispe", ""
    assert bring(family(caregiver_name="Rosa María Quispe"))["alone"] == 1


def test_a_case_that_was_sent_is_left_alone_and_named(bring: Bring, look: Look) -> None:
    bring(family())
    the_family().status = "submitted"
    plan = look(family(phone="912345678"))
    assert plan.counts()["alone"] == 1
    assert noticed(plan) == {"family_moved_on"}


def test_a_child_of_a_new_row_joins_the_draft(bring: Bring) -> None:
    bring(family())
    bring(family(child_ref="f1-2", child_name="Sol", child_birth_date="2023-01-02"))
    assert db.session.scalar(select(func.count(Child.id))) == 2


def test_with_a_bad_row_nothing_is_written(bring: Bring) -> None:
    with pytest.raises(ConflictError):
        bring(family(), family(family_ref="f2", child_ref="f2-1", caregiver_dni="", ubigeo="999999"))
    assert db.session.scalar(select(func.count(Family.id))) == 0


def test_the_good_ones_are_taken_when_the_person_says_so(bring: Bring) -> None:
    other = family(family_ref="f2", child_ref="f2-1", caregiver_dni="", ubigeo="999999")
    assert bring(family(), other, only_good=True)["bad"] == 1
    assert [one.external_ref for one in db.session.scalars(select(Family))] == ["f1"]


def test_a_family_is_taken_whole_or_not_at_all(look: Look) -> None:
    plan = look(family(), family(child_ref="f1-2", child_birth_date="mañana"))
    assert (plan.steps, plan.bad) == ((), 2)
    assert told(plan) == [(3, "child_birth_date", "day_format")]


@pytest.mark.parametrize(("column", "cell", "code"), [
    ("family_ref", "", "text_missing"), ("child_ref", "x" * 65, "too_long"),
    ("caregiver_name", "Rosa", "name_incomplete"), ("caregiver_name", "", "text_missing"),
    ("caregiver_dni", "123", "dni_format"), ("phone", "no tiene", "phone_digits"),
    ("phone", "9" * 21, "too_long"), ("language", "quechua", "language_format"), ("ubigeo", "Lima", "ubigeo_format"),
    ("ubigeo", "150199", "district_unknown"), ("latitude", "12", "latitude_outside"), ("latitude", "", "half_a_place"),
    ("longitude", "-7", "longitude_outside"), ("max_distance_km", "0", "distance_outside"),
    ("max_distance_km", "nan", "number_format"), ("max_monthly_fee_pen", "-1", "fee_outside"),
    ("max_monthly_fee_pen", "1e3", "number_format"), ("sisfoh", "rico", "not_one_of"), ("siblings", "x", "not_one_of"),
    ("story", "a" * 10_001, "too_long"), ("consent_services", "tal vez", "yes_no"), ("child_name", "", "text_missing"),
    ("child_name", "L" * 121, "too_long"), ("child_sex", "varoncito", "not_one_of"),
    ("child_birth_date", "2019-01-01", "birth_too_old"),
    ("child_birth_date", "2090-01-01", "birth_future"), ("child_birth_date", "31/02/2024", "day_format"),
    ("start_date", "pronto", "day_format"), ("start_date", "2020-01-01", "start_before_birth"),
    ("child_special_needs", "cansancio", "not_one_of"),
    ("schedule", "todo el día", "schedule_unreadable"), ("consent_date", "2090-01-01", "date_future"),
    ("consent_date", "1905-06-01", "date_before_law"),
    ("consent_text_version", "v" * 21, "too_long"),
])
def test_what_is_wrong_is_told_by_row_and_column(look: Look, column: str, cell: str, code: str) -> None:
    plan = look(family(**{column: cell}))
    assert told(plan) == [(2, column, code)]
    assert (plan.bad, plan.steps) == (1, ())


def test_a_birth_day_is_held_against_the_start_that_is_known(look: Look, bring: Bring) -> None:
    bring(family(child_birth_date="2024-05-20", start_date="2024-06-01"))
    assert told(look(family(child_birth_date="2024-07-01", start_date=""))) == [(2, "start_date", "start_before_birth")]
    assert told(look(family(child_birth_date="2024-05-21", start_date=""))) == []


def test_what_is_the_familys_is_said_once(bring: Bring) -> None:
    empty = dict.fromkeys(("caregiver_name", "caregiver_dni", "phone", "ubigeo", "latitude", "longitude", "story"), "")
    assert bring(family(), family(child_ref="f1-2", child_name="Sol", **empty))["made"] == 1
    assert len(the_family().children) == 2


def test_siblings_who_disagree_are_told(look: Look) -> None:
    plan = look(family(), family(child_ref="f1-2", ubigeo="150101", phone=""))
    assert told(plan) == [(3, "ubigeo", "unlike_sibling")]


def test_a_child_listed_twice_is_told(look: Look) -> None:
    assert told(look(family(), family())) == [(3, "child_ref", "ref_twice")]


def test_a_document_of_another_case_is_told(bring: Bring, look: Look) -> None:
    bring(family())
    other = family(family_ref="f2")
    assert told(look(other)) == [(2, "caregiver_dni", "duplicate_dni")]
    third = family(family_ref="f3", caregiver_dni="49999999")
    assert told(look(third, family(family_ref="f4", caregiver_dni="49999999"))) == [(3, "caregiver_dni", "dni_twice")]


def test_a_phone_known_already_is_worth_a_look_only(bring: Bring, look: Look) -> None:
    bring(family())
    plan = look(family(family_ref="f2", caregiver_dni=""))
    assert (noticed(plan), plan.bad) == ({"phone_known"}, 0)


def test_looking_writes_nothing(look: Look) -> None:
    assert look(family()).counts()["made"] == 1
    assert not db.session.new
    assert db.session.scalar(select(func.count(Caregiver.id))) == 0


def test_a_complete_family_can_be_sent_as_it_is(bring: Bring, look: Look, world: World) -> None:
    assert look(family()).counts()["complete"] == 1
    bring(family())
    assert intakes.missing(the_family(), [], []) == []
    assert look(family(family_ref="f2", caregiver_dni="", consent_services="")).counts()["complete"] == 0


@pytest.mark.parametrize("name", ["Rosa Quispe", "Quispe, Rosa"])
def test_a_name_in_either_order(bring: Bring, name: str) -> None:
    bring(family(caregiver_name=name))
    caregiver = the_family().main_caregiver
    assert (caregiver.given_names, caregiver.paternal_surname, caregiver.maternal_surname) == ("Rosa", "Quispe", "")


def test_the_particles_of_a_surname_stay_with_it(bring: Bring) -> None:
    bring(family(caregiver_name="Ana Lucía De la Cruz Mamani"))
    caregiver = the_family().main_caregiver
    assert (caregiver.given_names, caregiver.paternal_surname) == ("Ana Lucía", "De la Cruz")


def test_a_child_is_in_a_family_once(bring: Bring, look: Look) -> None:
    again = family(child_ref="f1-2", child_name="Quispe, LÚZ")
    plan = look(family(), again)
    assert (told(plan), plan.steps, plan.bad) == ([(3, "child_name", "child_twice")], (), 2)
    bring(family())
    assert told(look(again)) == [(2, "child_name", "same_child")]
    assert told(look(family(), again)) == [(3, "child_name", "child_twice")]
    assert told(look(family(child_ref="f1-2", child_name="Sol"))) == []  # the twin
    assert "el mismo nombre" in wording.problem("same_child", {})
    assert "la línea 3" in wording.problem("child_twice", {"line": 3})


def test_a_child_whose_name_a_file_puts_right_may_be_called_as_no_sibling_is(bring: Bring, look: Look) -> None:
    sol = family(child_ref="f1-2", child_name="Sol")
    bring(family(), sol)
    assert told(look({**sol, "child_name": "Luz"})) == [(2, "child_name", "same_child")]
    assert told(look({**sol, "child_name": "Luz"}, family(child_name="Sol"))) == [(2, "child_name", "same_child")]
    assert bring(family(child_name="Ana"), {**sol, "child_name": "Luz"})["changed"] == 1
    assert {one.external_ref: one.given_names for one in the_family().children} == {"f1-1": "Ana", "f1-2": "Luz"}


def test_a_child_that_is_there_twice_already_can_still_be_changed(bring: Bring) -> None:
    sol = family(child_ref="f1-2", child_name="Sol")
    bring(family(), sol)
    the_family().children[1].given_names = the_family().children[0].given_names = "Luz"
    twice = {**sol, "child_name": "Luz"}
    assert bring(family(schedule="sat 08:00-12:00"), {**twice, "schedule": "sat 08:00-12:00"})["changed"] == 1
    assert {one.schedule for one in the_family().children} == {"sat 08:00-12:00"}
