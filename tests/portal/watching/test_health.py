"""Alive and ready: which part is away, told to a machine under whatever name it asks, and why to nobody."""

from __future__ import annotations

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import column, create_engine, delete, event, insert, table
from sqlalchemy.pool import NullPool

from portal.config import MIGRATIONS
from portal.extensions import db
from portal.jobs.queue import queue
from portal.watching import readiness
from tests.portal.watching.conftest import Lines

PROBES = ("/healthz", "/readyz")
VERSION = table("alembic_version", column("version_num"))
HEAD, BEFORE = (one.revision for one in list(ScriptDirectory(MIGRATIONS).walk_revisions())[:2])
NEWER = "9999_of_the_next_version"  # no script of this program makes it


@pytest.mark.parametrize("address", PROBES)
@pytest.mark.parametrize("host", ["localhost", "10.2.3.4:8000", "pod-7.cluster"])
def test_a_probe_is_answered_under_any_name(app: Flask, address: str, host: str) -> None:
    answer = app.test_client().get(address, headers={"Host": host})
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_other_addresses_are_not(app: Flask) -> None:
    assert app.test_client().get("/login", headers={"Host": "pod-7.cluster"}).status_code == 400


def test_being_alive_touches_nothing(app: Flask) -> None:
    sent: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, text, *_: sent.append(text))
    client = app.test_client()
    client.set_cookie("ayni", "x" * 43)
    assert client.get("/healthz").status_code == 200
    assert sent == []


def test_a_part_that_is_away_is_named_and_not_explained(app: Flask, lines: Lines) -> None:
    def away() -> bool:
        raise OSError("redis at 10.0.0.9 refused the password of ayni")

    readiness.register(app, "queue", away)
    readiness.register(app, "other", lambda: False)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "away": ["other", "queue"]})
    (line,) = [line for line in lines() if line["event"] == "not_ready"]
    assert (line["part"], line["errors"][0]["kind"]) == ("queue", "OSError")
    assert "10.0.0.9" not in str(lines())


@pytest.mark.parametrize(("revision", "away"), [(HEAD, []), (NEWER, []), (BEFORE, ["schema"]), ("", ["schema"])])
def test_a_schema_is_ready_from_the_newest_revision_of_this_program_on(
    app: Flask, revision: str, away: list[str]
) -> None:
    """An upgrade migrates first and replaces the processes one by one; a rollback leaves the schema as it is."""
    owner = create_engine(app.config["SETTINGS"].owner_database_url, poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(delete(VERSION))
        if revision:
            connection.execute(insert(VERSION).values(version_num=revision))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["away"]) == (503 if away else 200, away)


def test_the_queue_of_one_machine_is_a_part(app: Flask) -> None:
    queue.close()
    readiness.register(app, "queue", queue.is_there)
    assert app.test_client().get("/readyz").json["away"] == ["queue"]
    try:
        queue.open(app.config["SETTINGS"])
        assert app.test_client().get("/readyz").status_code == 200
    finally:
        queue.backend.huey.storage.close()
        queue.close()
