"""Whoever vets gets one mail for what comes to a mark before it expires: once, on the day it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, events, tenancy
from portal.events import Job
from portal.extensions import db
from portal.jobs import periodic
from portal.models import ChecklistItem, Membership, Provider, User, VettingItem
from portal.services import expiry
from tests.ground import ROLES, Ngo
from tests.portal.jobs.conftest import Worker
from tests.portal.worlds import World

Day = Callable[[int], list[EmailMessage]]


def paper(
    world: World, days: int, mandatory: bool = True, verifier_id: UUID | None = None, **values: Any
) -> VettingItem:
    """A provider with one paper, which ends in so many days."""
    code = "cul" if mandatory else "first_aid"
    line = db.session.scalars(select(ChecklistItem).where(ChecklistItem.code == code)).one_or_none()
    line = line or ChecklistItem(code=code, title="Certificado", kind="document", mandatory=mandatory)
    ends = clock.today() + timedelta(days=days)
    provider = world.provider(**{"valid_until": ends if mandatory else None, **values})
    db.session.add(line)
    db.session.flush()
    item = VettingItem(provider_id=provider.id, checklist_item_id=line.id, state="verified", verified_at=clock.now(),
                       verifier_id=verifier_id, expires_on=ends)
    provider.items.append(item)
    db.session.commit()
    return item


@pytest.fixture
def day(app: Flask, work: Worker) -> Day:
    """What the worker does on the day that is so many days ahead; the mails of that day."""
    folder = app.config["SETTINGS"].mail_folder

    def pass_by(days: int) -> list[EmailMessage]:
        before = set(folder.glob("*.eml"))
        with clock.at(clock.now() + timedelta(days=days)):
            for _ in range(2):
                periodic.sweep(app)
                work()
        new = sorted(set(folder.glob("*.eml")) - before)
        return [BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes()) for path in new]

    return pass_by


def test_each_mark_brings_one_mail_to_whoever_vets(made: Callable[..., str], day: Day) -> None:
    made(lambda world: paper(world, 70))
    got = {ahead: sorted(mail["To"] for mail in day(ahead)) for ahead in (9, 10, 11, 39, 40, 41, 62, 63, 64, 70)}
    everybody = sorted(f"{role}@semilla.example" for role in ROLES)
    assert {ahead: mails for ahead, mails in got.items() if mails} == {10: everybody, 40: everybody, 63: everybody}


def test_a_mail_lists_codes_and_days_and_names_nobody(made: Callable[..., str], day: Day, kept: Any) -> None:
    made(lambda world: paper(world, 30, name="Hogar Uno"))
    made(lambda world: paper(world, 6, status="conditional"))
    made(lambda world: paper(world, 7, mandatory=False))
    mails = day(0)
    text = mails[0].get_content()
    found = [line.split(": ", 1)[1] for line in text.splitlines() if line.startswith("P-")]
    assert found == ["Vence en 6 días", "documento opcional por vencer. Vence en 7 días", "Vence en 30 días"]
    assert mails[0]["Subject"] == "3 verificaciones por vencer"
    assert "/providers/?due=expiring" in text
    for hidden in ("Hogar", "Certificado", "Amancay"):
        assert hidden not in text


def test_whoever_is_in_charge_of_a_provider_is_told_alone_and_gets_one_mail_of_all(
    semilla: Ngo, made: Callable[..., str], day: Day
) -> None:
    worker, supervisor = semilla.people["caseworker"], semilla.people["supervisor"]
    made(lambda world: paper(world, 30, vetting_officer_id=worker, verifier_id=supervisor))
    made(lambda world: paper(world, 29, vetting_officer_id=worker))
    made(lambda world: paper(world, 28, verifier_id=supervisor))
    told = {mail["To"]: mail.get_content() for mail in day(0)}
    days = {to: [left for left in (28, 29, 30) if f"Vence en {left} días" in text] for to, text in told.items()}
    assert days == {"caseworker@semilla.example": [29, 30], "supervisor@semilla.example": [28]}


def test_where_who_was_in_charge_vets_no_more_whoever_does_is_told(
    app: Flask, semilla: Ngo, made: Callable[..., str], day: Day
) -> None:
    worker, supervisor = semilla.people["caseworker"], semilla.people["supervisor"]
    made(lambda world: paper(world, 30, vetting_officer_id=worker, verifier_id=supervisor))
    made(lambda world: paper(world, 29, vetting_officer_id=worker))
    with app.app_context(), tenancy.acting_for(semilla.id):
        row = db.session.scalars(select(Membership).where(Membership.user_id == worker)).one()
        row.active = False
        db.session.commit()
    told = {mail["To"]: mail["Subject"].split()[0] for mail in day(0)}
    assert told == {"supervisor@semilla.example": "2", "ngo_admin@semilla.example": "1"}


def test_each_reads_it_in_their_language_and_who_does_not_vet_gets_none(
    app: Flask, semilla: Ngo, made: Callable[..., str], day: Day
) -> None:
    made(lambda world: paper(world, 30))
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.get_one(User, semilla.people["supervisor"]).locale = "en"
        of = {one.user_id: one for one in db.session.scalars(select(Membership))}
        of[semilla.people["caseworker"]].roles = ["data_scientist"]
        of[semilla.people["ngo_admin"]].active = False
        db.session.commit()
    (mail,) = day(0)
    assert mail["To"] == "supervisor@semilla.example"
    assert "Expires in 30 days" in mail.get_content()


def test_what_comes_to_a_mark_later_on_a_day_is_told_on_the_next(made: Callable[..., str], day: Day) -> None:
    first = made(lambda world: paper(world, 30))
    assert len(day(0)) == 3
    second = made(lambda world: paper(world, 29))
    assert first != second
    assert day(0) == []
    (mail, *_others) = day(1)
    assert "Vence en 28 días" in mail.get_content()
    assert "Vence en 29 días" not in mail.get_content()


def test_a_mark_and_its_mails_are_kept_together_or_not_at_all(
    app: Flask, semilla: Ngo, made: Callable[..., str], kept: Callable[[type, str], Any], day: Day
) -> None:
    item = made(lambda world: paper(world, 30))
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert expiry.warn_due() == 1
        db.session.rollback()  # killed before the commit
        assert db.session.scalars(select(Job).where(Job.event == events.EXPIRING)).all() == []
    assert kept(VettingItem, item).warned_days is None
    assert len(day(0)) == 3


def test_nothing_is_said_of_what_was_renewed_before_the_mail_was_written(
    app: Flask, semilla: Ngo, made: Callable[..., str], work: Worker
) -> None:
    item = made(lambda world: paper(world, 30))
    with app.app_context(), tenancy.acting_for(semilla.id):
        expiry.warn_due()
        row = db.session.get_one(VettingItem, UUID(item))
        row.expires_on, row.warned_days = clock.today() + timedelta(days=90), None
        db.session.commit()
    assert len(work()) == 3
    assert not list(app.config["SETTINGS"].mail_folder.glob("*.eml"))


def test_an_optional_paper_sends_nobody_to_renewal(
    made: Callable[..., str], kept: Callable[[type, str], Any], day: Day
) -> None:
    optional = made(lambda world: paper(world, 30, mandatory=False))
    asked = made(lambda world: paper(world, 30))
    day(0)
    states = [kept(Provider, str(kept(VettingItem, one).provider_id)).status for one in (optional, asked)]
    assert states == ["approved", "recertification_due"]
