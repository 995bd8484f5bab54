"""`manage.py operator`: the first account of an installation, which nobody else could make."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask

from tests.ground import OPERATOR
from tests.portal.commands.conftest import Manage
from tests.portal.people.doors import log_in, send

MAIL, PASSWORD = "primera@plataforma.example", "una clave muy larga y nueva"


def test_an_operator_chooses_a_password_and_sees_the_ngos(app: Flask, manage: Manage) -> None:
    done = manage("operator", "Primera@Plataforma.example ", "--name", "Ana", PUBLIC_BASE_URL="https://ayni.example")
    assert done.exit_code == 0, done.output
    address = urlsplit(done.stdout.strip())
    assert (address.scheme, address.netloc) == ("https", "ayni.example")
    person = app.test_client()
    assert log_in(person, MAIL).status_code == 200  # no password opens it before it is chosen
    send(app.test_client(), address.path, password=PASSWORD, password_confirm=PASSWORD)
    assert log_in(person, MAIL, PASSWORD).status_code == 302
    assert person.get("/tenants/").status_code == 200


def test_an_account_that_is_there_is_left_alone(manage: Manage) -> None:
    done = manage("operator", OPERATOR)
    assert (done.exit_code, done.stdout) == (1, "")
    assert OPERATOR in done.stderr
