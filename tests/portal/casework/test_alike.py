"""A draft that looks like another case: somebody says which it is before it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from portal.errors import ConflictError, NotAllowedError, NotFoundError
from portal.extensions import db
from portal.models import Family
from portal.queries import families
from portal.services import cases, duplicates, intakes
from tests.ground import Ngo
from tests.portal.api.test_duplicates import with_phone
from tests.portal.api.test_intakes import complete
from tests.portal.worlds import Browser, World

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]
Kept = Callable[[type, str], Any]


def lacks(refused: pytest.ExceptionInfo[ConflictError]) -> set[object]:
    return {dict(one.values)["what"] for one in refused.value.refusals}


def test_a_draft_is_not_sent_before_somebody_looked(world: World) -> None:
    draft, other = complete(world), with_phone(world)
    with pytest.raises(ConflictError) as refused:
        intakes.submit(world.worker, draft)
    assert lacks(refused) == {"duplicates"}
    duplicates.tell_apart(world.worker, draft, [other.id])
    db.session.commit()
    said = draft.told_apart[str(other.id)]
    assert (said["by"], said["name"]) == (str(world.worker.id), "Caseworker")
    assert said["at"]
    intakes.submit(world.worker, draft)
    assert draft.status == "submitted"


def test_one_more_that_is_alike_is_asked_about_too(world: World) -> None:
    draft, other = complete(world), with_phone(world)
    duplicates.tell_apart(world.worker, draft, [other.id])
    with_phone(world)
    with pytest.raises(ConflictError):
        intakes.submit(world.worker, draft)


def test_of_many_those_nobody_answered_for_come_first(world: World) -> None:
    draft = complete(world)
    known = [with_phone(world, children=0).id for _ in range(families.MOST_ALIKE + 1)]
    duplicates.tell_apart(world.worker, draft, known[: families.MOST_ALIKE])
    db.session.commit()
    assert families.alike(world.worker, draft)[0].family.id == known[-1]
    with pytest.raises(ConflictError):
        intakes.submit(world.worker, draft)


def test_nobody_is_held_up_by_a_case_closed_to_them(world: World) -> None:
    draft = complete(world)
    closed = with_phone(world, confidential=True, caseworker_id=world.supervisor.id)
    with pytest.raises(NotFoundError):
        duplicates.close(world.worker, draft, closed.id)
    intakes.submit(world.worker, draft)
    assert draft.status == "submitted"


def test_the_same_family_goes_on_in_one_case(world: World) -> None:
    draft, other, third = complete(world), with_phone(world), complete(world)
    duplicates.close(world.worker, draft, other.id)
    db.session.commit()
    assert (draft.status, draft.duplicate_of_id) == ("closed", other.id)
    move = families.history(draft.id)[0]
    assert (move.action, move.reason, move.actor_id) == ("close_duplicate", "duplicate", world.worker.id)
    assert [one.family.id for one in families.alike(world.worker, third)] == [other.id]
    cases.reopen(world.supervisor, draft, "Eran dos familias.")
    assert draft.duplicate_of_id is None


def test_another_family_is_so_from_either_side(world: World) -> None:
    one, other = complete(world), complete(world)
    assert [len(families.alike(world.worker, case)) for case in (one, other)] == [1, 1]
    duplicates.tell_apart(world.worker, one, [other.id])
    db.session.commit()
    assert other.told_apart == {}
    (seen,) = families.alike(world.worker, other)
    assert seen.said == one.told_apart[str(other.id)]
    for case in (other, one):
        intakes.submit(world.worker, case)
        assert case.status == "submitted"


def test_of_many_those_told_apart_from_the_other_side_come_last(world: World) -> None:
    draft = complete(world)
    others = [complete(world) for _ in range(families.MOST_ALIKE + 1)]
    for other in others[: families.MOST_ALIKE]:
        duplicates.tell_apart(world.worker, other, [draft.id])
    db.session.commit()
    assert families.alike(world.worker, draft)[0].family.id == others[-1].id
    with pytest.raises(ConflictError):
        intakes.submit(world.worker, draft)


def test_a_duplicate_is_of_a_case_that_there_is(world: World) -> None:
    draft, other = complete(world), with_phone(world)
    for unknown in (uuid4(), draft.caregivers[0].id):
        draft.duplicate_of_id = unknown
        with pytest.raises(DBAPIError, match="no such case to be a duplicate of"):
            db.session.commit()
        db.session.rollback()
    with pytest.raises(DBAPIError, match="no such case to be a duplicate of"):
        world.family(duplicate_of_id=uuid4())
    db.session.rollback()
    draft.duplicate_of_id = other.id
    db.session.commit()
    assert draft.duplicate_of_id == other.id


def test_only_a_draft_is_closed_so_and_only_by_who_works_it(world: World) -> None:
    draft, other = complete(world), with_phone(world)
    draft.caseworker_id = world.supervisor.id
    db.session.commit()
    for say in (duplicates.close, lambda actor, row, one: duplicates.tell_apart(actor, row, [one])):
        with pytest.raises(NotAllowedError):
            say(world.worker, draft, other.id)
    draft.status = "submitted"
    for say in (duplicates.close, lambda actor, row, one: duplicates.tell_apart(actor, row, [one])):
        with pytest.raises(ConflictError):
            say(world.supervisor, draft, other.id)


def test_the_case_file_asks_and_keeps_the_answer(log_in: LogIn, made: Made, kept: Kept) -> None:
    draft, other = made(complete), made(with_phone)
    person, page = log_in("caseworker"), f"/families/{draft}"
    shown = person.get(page).text
    assert 'href="#alike"' in shown
    assert "Es la misma: cerrar esta como duplicada" in shown
    refused = person.post(f"{page}/move", page, action="submit")
    assert refused.status_code == 409
    assert "Decir si es otra familia que las que se le parecen" in refused.text
    assert person.post(f"{page}/alike", page, action="tell_apart", other=other).status_code == 302
    assert "Es otra familia, según Caseworker." in person.get(page).text
    assert person.post(f"{page}/move", page, action="submit").status_code == 302
    assert kept(Family, draft).status == "submitted"


def test_a_closed_duplicate_leads_to_the_case_that_goes_on(
    log_in: LogIn, made: Made, kept: Kept, semilla: Ngo
) -> None:
    draft, other = made(complete), made(with_phone)
    person, page = log_in("caseworker"), f"/families/{draft}"
    assert person.post(f"{page}/alike", page, action="close_duplicate", other=other).status_code == 302
    assert kept(Family, draft).status == "closed"
    shown = person.get(page).text
    assert "Cerrada como duplicada" in shown
    assert f'href="/families/{other}"' in shown

    def hide(world: World) -> Family:
        family = db.session.get_one(Family, UUID(other))
        family.confidential, family.caseworker_id = True, semilla.people["supervisor"]
        db.session.commit()
        return family

    made(hide)
    assert f'href="/families/{other}"' not in person.get(page).text
    assert f'href="/families/{other}"' in log_in("supervisor").get(page).text


def test_who_registered_it_as_another_family_has_answered(log_in: LogIn, made: Made) -> None:
    made(lambda world: with_phone(world, children=0))
    sent = {
        "given_names": "Ana", "paternal_surname": "Ramos", "relation": "mother", "phone": "987654321",
        "phone_owner": "own", "ubigeo": "150132", "no_document_reason": "in_process", "confirmed": "y",
    }
    person = log_in("caseworker")
    answer = person.post("/families/new", "/families/new", **sent)
    assert answer.status_code == 302
    shown = person.get(answer.headers["Location"]).text
    assert "Es otra familia, según Caseworker." in shown
    assert 'href="#alike"' not in shown
