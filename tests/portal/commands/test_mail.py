"""`manage.py mail`: what a portal without a mail server has written, newest first."""

from __future__ import annotations

import dataclasses
import os
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.services import mail
from tests.portal.commands.conftest import Manage


@pytest.fixture
def two_mails(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    for minutes, (to, subject) in enumerate((("ana@x.example", "Invitación"), ("eva@x.example", "Contraseña nueva"))):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            mail.send(settings, to, subject, f"Hola, año {subject}.\nAdiós.")
    for minutes, path in enumerate(sorted(settings.mail_folder.glob("*.eml"))):
        os.utime(path, (1_700_000_000 + minutes, 1_700_000_000 + minutes))


def test_mails_are_listed_newest_first(two_mails: None, manage: Manage) -> None:
    done = manage("mail")
    first, second = done.stdout.splitlines()
    assert first.startswith("  1  ")
    assert first.endswith("eva@x.example  Contraseña nueva")
    assert second.endswith("ana@x.example  Invitación")


def test_a_mail_is_shown_with_its_headers_and_its_words(two_mails: None, manage: Manage) -> None:
    lines = manage("mail", "2").stdout.splitlines()
    assert lines[1:4] == ["From: no-responder@ayni.example", "To: ana@x.example", "Subject: Invitación"]
    assert lines[5:7] == ["Hola, año Invitación.", "Adiós."]


@pytest.mark.parametrize(("number", "status"), [("3", 2), ("0", 2), ("99", 2)])
def test_a_mail_that_is_not_there_is_wrong_usage(two_mails: None, manage: Manage, number: str, status: int) -> None:
    assert manage("mail", number).exit_code == status


def test_no_mail_yet_is_an_empty_list(manage: Manage) -> None:
    done = manage("mail")
    assert (done.exit_code, done.stdout) == (0, "")


def test_with_a_mail_server_none_stays(manage: Manage) -> None:
    done = manage("mail", SMTP_URL="smtp://mail.example:587")
    assert done.exit_code == 1
    assert "none stays here" in done.stderr


def test_two_mails_of_one_moment_are_two_mails(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    with clock.at(clock.now()):
        for to in ("ana@x.example", "eva@x.example"):
            mail.send(settings, to, "Aviso", "Hola.")
    assert len(list(settings.mail_folder.glob("*.eml"))) == 2


def test_a_server_that_is_not_there_is_an_error_for_who_sends(app: Flask) -> None:
    settings = dataclasses.replace(app.config["SETTINGS"], mail_folder=None, smtp_url="smtp://127.0.0.1:1")
    with pytest.raises(OSError, match=r"refused|denied|failed"):
        mail.send(settings, "ana@x.example", "Aviso", "Hola.")
