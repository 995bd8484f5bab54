"""`manage.py import`: a report on stderr, a line on stdout, and an exit status that tells a bad row."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.audit import AuditEvent
from portal.extensions import db
from portal.models import Consent, Family, Provider
from tests.ground import Ngo
from tests.portal.commands.conftest import Manage
from tests.portal.imports.conftest import family, provider, sheet

BAD = {"family_ref": "f2", "child_ref": "f2-1", "caregiver_dni": "", "phone": "", "ubigeo": "999999"}


def refs(app: Flask, ngo: Ngo, kind: type) -> list[str]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        return [row.external_ref for row in db.session.scalars(select(kind))]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "familias.csv"
    path.write_bytes(sheet(family()))
    return path


def test_families_come_in(app: Flask, semilla: Ngo, wasi: Ngo, manage: Manage, file: Path) -> None:
    done = manage("import", "families", str(file), "--tenant", "semilla")
    assert (done.exit_code, done.stdout) == (
        0, "Importado. Familias: 1 nuevas, 0 cambiadas, 0 sin tocar; filas con errores: 0\n"
    )
    assert "caseworker@semilla.example" in done.stderr
    assert (refs(app, semilla, Family), refs(app, wasi, Family)) == (["f1"], [])
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert {one.recorded_by_id for one in db.session.scalars(select(Consent))} == {semilla.people["caseworker"]}
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import")).one()
        assert (entry.author_name, entry.reason.startswith("Familias: 1 nuevas")) == ("sistema", True)


def test_a_dry_run_says_the_same_and_writes_nothing(app: Flask, semilla: Ngo, manage: Manage, file: Path) -> None:
    done = manage("import", "families", str(file), "--tenant", "semilla", "--dry-run")
    assert (done.exit_code, done.stdout.startswith("Sin escribir nada. Familias: 1 nuevas")) == (0, True)
    assert refs(app, semilla, Family) == []
    assert manage("audit", "verify", "--tenant", "semilla").stdout == "semilla: 3 entries hold\n"


def test_a_bad_row_is_told_and_stops_all(app: Flask, semilla: Ngo, manage: Manage, file: Path) -> None:
    file.write_bytes(sheet(family(), family(**BAD)))
    done = manage("import", "families", str(file), "--tenant", "semilla")
    assert done.exit_code == 1
    assert "familias.csv:3 ubigeo: no hay distrito con ese código UBIGEO" in done.stderr
    assert refs(app, semilla, Family) == []


def test_the_good_ones_alone_come_in_when_asked(app: Flask, semilla: Ngo, manage: Manage, file: Path) -> None:
    file.write_bytes(sheet(family(), family(**BAD)))
    done = manage("import", "families", str(file), "--tenant", "semilla", "--only-good")
    assert (done.exit_code, refs(app, semilla, Family)) == (1, ["f1"])


def test_providers_come_in_as_applicants(app: Flask, semilla: Ngo, manage: Manage, file: Path) -> None:
    file.write_bytes(sheet(provider()))
    done = manage("import", "providers", str(file), "--tenant", "semilla")
    assert done.exit_code == 0
    assert "entra como postulante" in done.stderr
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.scalars(select(Provider)).one().status == "applied"


def test_wrong_usage(manage: Manage, file: Path) -> None:
    assert manage("import", "families", str(file), "--tenant", "nobody").exit_code == 2
    assert manage("import", "families", str(file)).exit_code == 2
    assert manage("import", "users", str(file), "--tenant", "semilla").exit_code == 2
    other = manage("import", "families", str(file), "--tenant", "semilla", "--caseworker", "caseworker@wasi.example")
    assert (other.exit_code, "caseworker@semilla.example" in other.stderr) == (2, True)


def test_what_is_no_table_is_one_line(manage: Manage, file: Path) -> None:
    file.write_bytes(b"PK\x03\x04 not a book")
    done = manage("import", "families", str(file), "--tenant", "semilla", "--dry-run")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("familias.csv:1: El libro de Excel no se puede leer")
