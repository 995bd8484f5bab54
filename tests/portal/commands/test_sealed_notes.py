"""Notes about people are sealed: by the migrations, in the database, and under each new key."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Uuid, column, create_engine, delete, func, select, table, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from portal import clock, crypto, tenancy
from portal.commands.installation import new_master_key
from portal.crypto import TenantKey
from portal.extensions import db
from portal.models import ChecklistItem, FollowUp, InformationRequest, Proposal, Transition, VettingItem
from portal.services import followups, intakes, placements
from portal.services.followups import Answers
from portal.services.placements import Ending
from tests.ground import Ngo
from tests.portal.commands.conftest import Manage
from tests.portal.worlds import World

FALL, CALLED = "Una caída sin atender.", "Teléfono apagado; la abuela no sabe."
KNOWN, ASKED, SEEN = "Conocen el lugar.", "El DNI del padre\nQuién recoge a Luz", "Su hijo tiene antecedentes."
WRONG, CODED = "Llega con golpes en el brazo.", {"wellbeing": "badly", "works": "yes"}
SAID = {Transition: FALL, FollowUp: CALLED, Proposal: KNOWN, InformationRequest: ASKED, VettingItem: SEEN}


def write(app: Flask, ngo: Ngo) -> None:
    """A note of each kind."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        world = World(ngo)
        placement = world.active()
        followups.not_reached(world.worker, followups.scheduled(placement)[0], CALLED)
        placements.end(world.worker, placement, Ending(clock.today(), "safety", FALL))
        intakes.ask(world.supervisor, world.family(status="submitted"), ASKED)
        line = ChecklistItem(code="visit", title="Visita", kind="visit")
        db.session.add(line)
        db.session.flush()
        db.session.add(VettingItem(provider_id=placement.provider_id, checklist_item_id=line.id, note=SEEN))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def notes(app: Flask, ngo: Ngo) -> dict[str, set[str]]:
    """What the NGO reads: its notes, by table."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        found = {
            kind.__tablename__: {one.note for one in db.session.scalars(select(kind)) if one.note} for kind in SAID
        }
        db.session.remove()
        db.engine.dispose()
        return found


def plain(app: Flask, ngo: Ngo, name: str) -> set[str]:
    """What stands in the column `note` of a table, as its owner reads it."""
    rows = table(name, column("note"), column("tenant_id", Uuid()))
    with create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool).begin() as connection:
        _at_work(connection, ngo)
        return set(connection.scalars(select(rows.c.note).where(rows.c.tenant_id == ngo.id))) - {""}


def _at_work(connection: Any, ngo: Ngo) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("app.tenant_id", str(ngo.id), True)))


def forget_keys(app: Flask, ngo: Ngo) -> None:
    """An NGO that never sealed anything."""
    keys = TenantKey.__table__
    with tenancy.acting_for(ngo.id), create_engine(
        app.config["SETTINGS"].owner_database_url, poolclass=NullPool
    ).begin() as connection:
        _at_work(connection, ngo)
        connection.execute(delete(keys).where(keys.c.tenant_id == ngo.id))


def test_the_migration_seals_what_there_is_and_opens_it_again(
    app: Flask, semilla: Ngo, wasi: Ngo, manage: Manage
) -> None:
    for ngo in (semilla, wasi):
        write(app, ngo)
    before = notes(app, semilla)
    assert [before[kind.__tablename__] >= {words} for kind, words in SAID.items()] == [True] * len(SAID)
    assert manage("db", "downgrade", "0014").exit_code == 0
    for ngo in (semilla, wasi):
        assert {name: plain(app, ngo, name) for name in before} == before
    with app.app_context():
        forget_keys(app, wasi)
    done = manage("db", "upgrade")
    assert done.exit_code == 0, done.output
    for ngo in (semilla, wasi):
        assert notes(app, ngo) == before


def test_what_was_asked_for_is_what_the_note_says_and_is_a_list_again_on_the_way_back(
    app: Flask, semilla: Ngo, manage: Manage
) -> None:
    write(app, semilla)
    assert manage("db", "downgrade", "0018").exit_code == 0
    rows = table("information_request", column("items", JSON()), column("note"), column("tenant_id", Uuid()))
    with app.app_context(), tenancy.acting_for(semilla.id), create_engine(
        app.config["SETTINGS"].owner_database_url, poolclass=NullPool
    ).begin() as connection:
        _at_work(connection, semilla)
        assert connection.scalar(select(rows.c["items"])) == ASKED.splitlines()
        connection.execute(update(rows).values(items=["El carné", "x" * 900, "y" * 900], note="Faltan cosas."))
    assert manage("db", "upgrade").exit_code == 0
    with app.app_context(), tenancy.acting_for(semilla.id):
        asked = db.session.scalars(select(InformationRequest)).one()
        assert asked.items == ["El carné", "x" * 900, "y" * 900]
        db.session.remove()
        db.engine.dispose()
    assert manage("db", "downgrade", "0018").exit_code == 0
    assert {len(one) for one in plain(app, semilla, "information_request")} == {1000}
    assert manage("db", "upgrade").exit_code == 0


def test_without_the_keys_the_migration_changes_nothing_and_says_why(
    app: Flask, semilla: Ngo, manage: Manage, caplog: pytest.LogCaptureFixture
) -> None:
    write(app, semilla)
    before = notes(app, semilla)
    assert manage("db", "downgrade", "0021").exit_code == 0
    assert manage("db", "downgrade", "0014", MASTER_KEYS=new_master_key()).exit_code == 1
    assert "is not among MASTER_KEYS" in caplog.text
    assert manage("db", "upgrade").exit_code == 0
    crypto.keyring.load(app.config["SETTINGS"].master_keys)
    assert notes(app, semilla) == before


def test_a_note_is_nowhere_in_the_clear(app: Flask, semilla: Ngo) -> None:
    write(app, semilla)
    with app.app_context(), tenancy.acting_for(semilla.id):
        for kind, words in SAID.items():
            found = db.session.execute(select(kind.__table__), execution_options={"raw": "what the database holds"})
            rows = repr(found.all())
            assert rows != "[]", kind
            assert not [line for line in words.splitlines() if line in rows], kind


def test_a_new_data_key_seals_notes_anew(app: Flask, semilla: Ngo, manage: Manage) -> None:
    write(app, semilla)
    before = notes(app, semilla)
    for _ in range(2):
        assert manage("keys", "rotate", "--data").exit_code == 0
    assert notes(app, semilla) == before
    with app.app_context(), tenancy.acting_for(semilla.id):
        sealed = [one.note_sealed for kind in SAID for one in db.session.scalars(select(kind))]
        assert {text.partition(".")[0] for text in sealed if text} == {"3"}


@pytest.mark.parametrize("change", [
    {"reason": "cost"}, {"actor_name": "Otra"}, {"note": "Nada pasó."}, {"note": ""}, {"note_sealed": None},
    {"note_sealed": "0.x"}, {"note_sealed": "9.x", "action": "end"},
])
def test_a_move_is_still_only_ever_added(app: Flask, semilla: Ngo, change: dict[str, Any]) -> None:
    write(app, semilla)
    with app.app_context(), tenancy.acting_for(semilla.id):
        move = db.session.scalars(select(Transition).where(Transition.action == "end_early")).one()
        for name, value in change.items():
            setattr(move, name, value)
        with pytest.raises(DBAPIError, match=r"only ever added|permission denied"):
            db.session.commit()


def found_wrong(app: Flask, ngo: Ngo) -> FollowUp:
    """The follow-up of the NGO that found something wrong."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        found = db.session.scalars(select(FollowUp).where(FollowUp.status == "done")).one()
        db.session.expunge(found)
        db.session.remove()
        db.engine.dispose()
        return found


def find_wrong(app: Flask, ngo: Ngo) -> None:
    with app.app_context(), tenancy.acting_for(ngo.id):
        world = World(ngo)
        followup = followups.scheduled(world.active())[0]
        followups.complete(world.worker, followup, Answers("call", "caregiver", CODED, problem=WRONG))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def answered(app: Flask, ngo: Ngo) -> list[dict[str, Any]]:
    """The answers as the owner of the tables reads them, where there are any."""
    rows = table("follow_up", column("answers", JSON()), column("tenant_id", Uuid()))
    with create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool).begin() as connection:
        _at_work(connection, ngo)
        return [one for one in connection.scalars(select(rows.c.answers).where(rows.c.tenant_id == ngo.id)) if one]


def test_what_a_follow_up_found_wrong_is_no_answer_in_the_clear_and_is_one_again_on_the_way_back(
    app: Flask, semilla: Ngo, wasi: Ngo, manage: Manage
) -> None:
    for ngo in (semilla, wasi):
        find_wrong(app, ngo)
        assert answered(app, ngo) == [CODED]
    assert manage("db", "downgrade", "0020").exit_code == 0
    with app.app_context():
        forget_keys(app, wasi)
    for ngo in (semilla, wasi):
        assert answered(app, ngo) == [{**CODED, "problem": WRONG}]
    done = manage("db", "upgrade")
    assert done.exit_code == 0, done.output
    crypto.keyring.load(app.config["SETTINGS"].master_keys)
    for ngo in (semilla, wasi):
        assert answered(app, ngo) == [CODED]
        found = found_wrong(app, ngo)
        with app.app_context(), tenancy.acting_for(ngo.id):
            assert (found.problem, WRONG in repr(vars(found))) == (WRONG, False)
        assert found.wellbeing == CODED["wellbeing"]


def test_a_move_without_a_note_gets_none(app: Flask, semilla: Ngo) -> None:
    write(app, semilla)
    with app.app_context(), tenancy.acting_for(semilla.id):
        move = db.session.scalars(select(Transition).where(Transition.note_sealed.is_(None))).first()
        move.note_sealed = "9.x"
        with pytest.raises(DBAPIError, match=r"only ever added|permission denied"):
            db.session.commit()
