"""A full NGO: as many families and providers as asked for, made of the demo's records by the same moves."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import flask_migrate
from flask_security import hash_password
from sqlalchemy import Engine, event, select

from portal import clock, database, workflow
from portal.commands.installation import DEMO, application, make_demo_keys
from portal.config import MIGRATIONS
from portal.demo import families, people, providers
from portal.demo.history import Scene
from portal.demo.stage import Ngo, Stage, records
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import (
    ChecklistItem,
    Family,
    Membership,
    Placement,
    PlatformMark,
    Proposal,
    ProposalChild,
    Provider,
    User,
)
from portal.models.child import band_on
from portal.policy import SYSTEM, Actor, Role
from portal.services import followups, matching, placements, seats
from portal.services.followups import Answers
from portal.tenancy import acting_for

PASSWORD = "una clave larga de medida"
UNWELL = 15  # of so many children who were asked after, one is not well
STATES = ("waiting",) * 12 + ("submitted", "needs_information", "eligible", "paused", "draft", "closed")
COMMIT = 100  # families
MATCHED = 40  # proposals that wait for a supervisor
Tick = Callable[[str, int, int], None]  # (what, done, of how many)


@dataclass(frozen=True)
class Size:
    """How much there is in the NGO."""

    families: int
    providers: int
    placements: int
    suggested: int
    workers: int


def make(instance: Path, size: Size, seed: int, tick: Tick) -> None:
    """An installation in this folder with the full NGO and the demo's small one beside it."""
    os.environ.update(INSTANCE_PATH=str(instance), DEMO_PASSWORD=PASSWORD, APP_ENV=DEMO)
    make_demo_keys(instance)
    event.listen(Engine, "connect", _in_haste)
    try:
        with application():
            flask_migrate.upgrade(MIGRATIONS)
            db.session.add(PlatformMark(name=DEMO, value=str(seed)))
            db.session.commit()
            _fill(size, Stage(clock.now(), random.Random(seed)), tick)
            database.take_stock(db.engine)
            db.engine.dispose()
    finally:
        event.remove(Engine, "connect", _in_haste)


def renew(instance: Path) -> None:
    """An installation kept in this folder, by the code of another day perhaps: its tables are made those of today."""
    os.environ.update(INSTANCE_PATH=str(instance), APP_ENV=DEMO)
    with application():
        flask_migrate.upgrade(MIGRATIONS)
        db.engine.dispose()


def _in_haste(connection: Any, _: Any) -> None:
    """While the network is made nothing needs to survive a power cut; the portal itself is measured as it is."""
    if hasattr(connection, "create_function"):
        connection.execute("PRAGMA synchronous=OFF")


def _fill(size: Size, stage: Stage, tick: Tick) -> None:
    ngos = people.cast(stage)
    workers = _hire(size.workers)
    with acting_for(ngos["semilla"].id):
        ngo = replace(ngos["semilla"], caseworkers=(*ngos["semilla"].caseworkers, *_members(ngos["semilla"], workers)))
        db.session.commit()
        _providers(stage, ngo, size.providers, tick)
        waiting = _families(stage, ngo, size.families, tick)
        _care(stage, ngo, waiting[: size.placements], tick)
        rest = waiting[size.placements :]
        _propose(stage, ngo, rest[:MATCHED], tick)
        _suggest(rest[MATCHED : MATCHED + size.suggested], tick)


def account(number: int) -> str:
    """The mail of a caseworker."""
    return f"worker{number}@semilla.example"


def _hire(count: int) -> list[tuple[UUID, str]]:
    password = hash_password(PASSWORD)
    made = [User(email=account(n), name=f"Gestora {n}", password=password) for n in range(count)]
    db.session.add_all(made)
    db.session.commit()
    return [(one.id, one.name) for one in made]


def _members(ngo: Ngo, workers: list[tuple[UUID, str]]) -> list[Actor]:
    db.session.add_all(Membership(user_id=user, roles=[Role.CASEWORKER.value]) for user, _ in workers)
    return [Actor(user, name, frozenset({Role.CASEWORKER.value}), ngo.id) for user, name in workers]


def _providers(stage: Stage, ngo: Ngo, count: int, tick: Tick) -> None:
    found = records(f"{ngo.slug}_providers")
    items = list(db.session.scalars(select(ChecklistItem).order_by(ChecklistItem.position)))
    for number in range(1, count + 1):
        record = copy.deepcopy(found[number % len(found)])
        record["name"] = f"{record['name']} {number}"
        providers.settle(stage, ngo, record, (number, items))
        tick("providers", number, count)


def _families(stage: Stage, ngo: Ngo, count: int, tick: Tick) -> list[UUID]:
    """Returns those that wait."""
    waiting = []
    for number, record in zip(range(1, count + 1), _varied(stage, records(f"{ngo.slug}_families")), strict=False):
        worker = ngo.caseworkers[number % len(ngo.caseworkers)]
        state, days = STATES[number % len(STATES)], 3 + number % 160
        record["home"]["state"] = state
        with stage.days_ago(days, worker):
            family = families.register(stage, record, worker, number)
        families.bring_to(stage, ngo, family, (state, days))
        if state == "waiting":
            waiting.append(family.id)
        if number % COMMIT == 0 or number == count:
            _forget()
            tick("families", number, count)
    stage.dice.shuffle(waiting)
    return waiting


def _forget() -> None:
    db.session.commit()
    db.session.expunge_all()


def _varied(stage: Stage, found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records again and again, with names of one and surnames of another."""
    while True:
        record = copy.deepcopy(stage.dice.choice(found))
        for part in ("given", "paternal", "maternal"):
            record["who"][part] = stage.dice.choice(found)["who"][part]
        for child in record["children"]:
            child["name"] = stage.dice.choice(stage.dice.choice(found)["children"])["name"]
        yield record


def _care(stage: Stage, ngo: Ngo, chosen: list[UUID], tick: Tick) -> None:
    """Children in care, each where a seat is free, begun on a day of the last four months; every second one's caregiver
    was asked how it goes, the others' follow-ups are all overdue.
    """
    offers = list(db.session.scalars(select(Provider.id).where(Provider.status == "approved")))
    for done, family in enumerate(chosen, start=1):
        begun = 1 + done % 120
        try:
            scene = Scene(stage, ngo, db.session.get(Family, family))
            placed = _place(scene, stage.dice.choice(offers), begun)
            if done % 2:
                _ask(scene, placed, begun)
        except ConflictError:  # no free seat for this age there
            db.session.rollback()
        if done % COMMIT == 0 or done == len(chosen):
            tick("placements", done, len(chosen))
        _forget()


def _place(scene: Scene, provider: UUID, begun: int) -> list[Placement]:
    family = scene.family
    with scene.stage.days_ago(begun, scene.worker()) as worker:
        proposal = Proposal(
            family_id=family.id, provider_id=provider, suggestion_id=None, proposer_id=worker.id, status="accepted",
            starts_on=clock.today(), status_since=clock.now(),
        )
        proposal.children = [
            ProposalChild(child_id=one.id, band=band_on(one.birth_date, clock.today())) for one in family.children
        ]
        db.session.add(proposal)
        db.session.flush()
        seats.hold(proposal, clock.now() + timedelta(days=2))
        workflow.advance(family, "match", SYSTEM)
        placed = placements.plan(proposal)
        for placement in placed:
            placements.sign(worker, placement, clock.today())
            placements.start(worker, placement)
    return placed


def _ask(scene: Scene, placed: list[Placement], begun: int) -> None:
    """Answer what has been due since care began."""
    for placement in placed:
        db.session.flush()
        for one in followups.scheduled(placement):
            if one.after_days < begun:
                wellbeing = "well" if scene.stage.dice.randrange(UNWELL) else "badly"
                with scene.stage.days_ago(begun - one.after_days - 0.5, scene.worker()) as worker:
                    followups.complete(worker, one, Answers("call", "caregiver", {"wellbeing": wellbeing}))


def _propose(stage: Stage, ngo: Ngo, chosen: list[UUID], tick: Tick) -> None:
    for done, family in enumerate(chosen, start=1):
        Scene(stage, ngo, db.session.get(Family, family)).propose(0.2)
        _forget()
        tick("proposals", done, len(chosen))


def _suggest(chosen: list[UUID], tick: Tick) -> None:
    for done, family in enumerate(chosen, start=1):
        matching.suggest_for(db.session.get(Family, family))
        _forget()
        tick("suggestions", done, len(chosen))

