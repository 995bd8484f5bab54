"""`manage.py db`: the schema goes up and down, and says when the models have moved on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from portal import audit, tenancy
from portal.models import Family, Proposal
from tests.ground import Ngo
from tests.portal.casework import test_two_people as two_people
from tests.portal.commands.conftest import Manage
from tests.portal.worlds import World


def tables(app: Flask) -> set[str]:
    engine = create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool)
    return set(inspect(engine).get_table_names())


def test_the_migrations_make_what_the_models_have(manage: Manage) -> None:
    done = manage("db", "check")
    assert (done.exit_code, done.exception) == (0, None)


def test_down_to_nothing_and_up_again(app: Flask, manage: Manage) -> None:
    everything = tables(app)
    assert {cls.__tablename__ for cls in tenancy.tenant_classes()} <= everything
    assert manage("db", "downgrade", "base").exit_code == 0
    assert tables(app) == {"alembic_version"}
    assert manage("db", "upgrade").exit_code == 0
    assert tables(app) == everything
    assert manage("db", "check").exit_code == 0


def test_the_tables_are_counted_after_they_were_made(manage: Manage, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new.db'}"
    assert manage("db", "upgrade", DATABASE_URL=address, DATABASE_OWNER_URL=address).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_stat1").fetchone() > (0,)


def test_one_step_down_is_noticed(manage: Manage, caplog: pytest.LogCaptureFixture) -> None:
    assert manage("db", "downgrade").exit_code == 0
    assert manage("db", "check").exit_code == 1
    assert "not up to date" in caplog.text  # which goes to stderr where nothing else is said about logging
    assert manage("db", "upgrade").exit_code == 0


def test_the_trails_there_are_hold_after_their_ends_are_sealed(app: Flask, semilla: Ngo, manage: Manage) -> None:
    assert manage("db", "downgrade", "0014").exit_code == 0
    assert manage("db", "upgrade").exit_code == 0
    with app.app_context(), tenancy.acting_for(semilla.id):
        count, fault = audit.verify()
        assert (count > 0, fault) == (True, None)


def test_an_upgrade_remembers_who_proposed_at_first_and_who_sent(
    semilla: Ngo, made: Callable[..., str], manage: Manage, kept: Callable[[type, str], Any]
) -> None:
    def sent(world: World) -> Family:
        family = two_people.registered(world, world.worker)
        two_people.send(family, world.supervisor)
        return family

    proposal, family = made(two_people.of_the_supervisor), made(sent)
    assert manage("db", "downgrade", "0014").exit_code == 0
    assert manage("db", "upgrade").exit_code == 0
    both = {semilla.people["supervisor"], semilla.people["caseworker"]}
    assert kept(Proposal, proposal).proposer_ids == both
    assert kept(Family, family).author_ids == both


def test_a_revision_that_does_not_exist_is_said(manage: Manage, caplog: pytest.LogCaptureFixture) -> None:
    assert manage("db", "upgrade", "9999").exit_code == 1
    assert "9999" in caplog.text


def test_a_schema_that_a_newer_version_made_stays_and_the_older_one_starts(app: Flask, manage: Manage) -> None:
    """The way back after an upgrade: what runs first, and must end well, is the older version's `db upgrade`."""
    engine = create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool)
    before = tables(app)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'newer'")
    done = manage("db", "upgrade")
    assert (done.exit_code, done.exception) == (0, None)
    assert "newer version" in done.stderr
    assert tables(app) == before
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "newer"
    assert manage("db", "upgrade", "0001").exit_code == 1  # who names a revision is told that it cannot be reached


@pytest.mark.parametrize("place", ["nowhere/at/all.db", "a folder"])
def test_a_database_that_cannot_be_opened_is_one_line(manage: Manage, tmp_path: Path, place: str) -> None:
    (tmp_path / "a folder").mkdir()
    address = f"sqlite:///{tmp_path / place}"
    done = manage("db", "upgrade", DATABASE_URL=address, DATABASE_OWNER_URL=address)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert not isinstance(done.exception, sqlalchemy.exc.SQLAlchemyError)
