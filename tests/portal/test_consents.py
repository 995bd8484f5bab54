"""The texts families agreed to: none ever changes, and each answer is shown with the one it was given to."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import select

from portal import consents, tenancy
from portal.extensions import db
from portal.models import Consent

KEPT = {  # version → fingerprint; a line is only ever added
    "2026-03": "bb03b13440e7aae9",
}
NEXT = {"es": dict.fromkeys(consents.PURPOSES, "Otra frase"), "en": dict.fromkeys(consents.PURPOSES, "Other words")}
ANSWERED = {"given_by": "Rosa Quispe", "given_on": "2026-11-02", "channel": "signature"}


def fingerprint(version):
    told = json.dumps(consents.versions()[version], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@pytest.fixture
def a_newer_version(monkeypatch):
    """Another wording is in use."""
    both = {**consents.versions(), "2027-01": NEXT}
    monkeypatch.setattr(consents, "versions", lambda: both)


def test_a_version_that_was_asked_with_never_changes():
    assert {version: fingerprint(version) for version in consents.versions()} == KEPT


def test_every_version_says_every_purpose_in_both_languages():
    for texts in consents.versions().values():
        assert {language: tuple(purposes) for language, purposes in texts.items()} == {
            "es": consents.PURPOSES, "en": consents.PURPOSES
        }


def test_a_version_of_somebody_else_has_no_text():
    assert consents.text("archivo", "services") == ""


def answered(world):
    family = world.family()
    world.answers(family, "sharing")
    consent = family.consents[0]
    consent.text_version = "2026-03"
    db.session.commit()
    return family


def test_an_answer_is_shown_with_the_text_it_was_given_to(log_in, made, a_newer_version):
    family, person = made(answered), log_in("caseworker")
    old = consents.text("2026-03", "sharing")
    form, answers = person.get(f"/intake/{family}/consents").text.split('id="answered"')
    assert form.count("Otra frase") == len(consents.PURPOSES)
    assert (old in form, old in answers) == (False, True)
    assert f"«{old}»" in person.get(f"/families/{family}/print").text


def test_an_answer_keeps_the_version_its_page_showed(log_in, made, kept, semilla, app, a_newer_version):
    family, person = made(lambda world: world.family()), log_in("caseworker")
    page = f"/intake/{family}/consents"
    for sent in ({}, {"text_version": "2026-03"}, {"text_version": "de otro"}):
        assert person.post(page, page, **ANSWERED, training="yes", **sent).status_code == 302
    with app.app_context(), tenancy.acting_for(semilla.id):
        rows = db.session.scalars(select(Consent).order_by(Consent.recorded_at))
        assert [one.text_version for one in rows] == ["2027-01", "2026-03", "2027-01"]
