"""The figures: who may read them, and that they are the truth."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from ml.learn import registry
from portal import clock, events, tenancy
from portal.events import TRAIN, Job
from portal.extensions import db
from portal.jobs import periodic
from portal.models import SuggestionRun, Tenant
from portal.queries import state
from portal.services import matching, seats
from portal.watching import exposition, notes, readiness
from tests.ground import Ngo
from tests.portal.jobs.conftest import Work
from tests.portal.jobs.test_handlers import case
from tests.portal.worlds import World

TOKEN = "0123456789abcdef" * 2
BEARER = f"Bearer {TOKEN}"
DRIFT = ("ayni_score_drift",)
Figures = Callable[[], dict[tuple[str, ...], float]]


def read(text: str) -> dict[tuple[str, ...], float]:
    """(name, label value …) → value, by the order of the labels' names."""
    samples = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return {(one.name, *(word for _, word in sorted(one.labels.items()))): one.value for one in samples}


@pytest.fixture
def figures(app: Flask) -> Figures:
    """What Prometheus is told now."""
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], metrics_token=TOKEN)
    return lambda: read(app.test_client().get("/metrics", headers={"Authorization": BEARER}).text)


WRONG = ("", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}é")


@pytest.mark.parametrize("header", WRONG)
def test_without_the_token_there_is_no_such_page(app: Flask, figures: Figures, header: str) -> None:
    answer = app.test_client().get("/metrics", headers={"Authorization": header})
    assert answer.status_code == 404
    assert "ayni_" not in answer.text


def test_an_installation_without_a_token_shows_nobody_anything(app: Flask) -> None:
    for header in ("", "Bearer ", "Bearer"):
        assert app.test_client().get("/metrics", headers={"Authorization": header}).status_code == 404


@given(st.text(max_size=60))
def test_only_the_token_itself_opens(header: str) -> None:
    assert exposition.may_ask(TOKEN, header) is (header == f"Bearer {TOKEN}")
    assert not exposition.may_ask("", header)


def test_jobs_are_added_up_over_the_ngos(app: Flask, semilla: Ngo, wasi: Ngo, figures: Figures) -> None:
    for ngo, count, age in ((semilla, 2, 60), (wasi, 3, 600)):
        with app.app_context(), tenancy.acting_for(ngo.id):
            db.session.add_all([
                Job(event="family.changed", ids={}, made_at=clock.now() - timedelta(seconds=age)) for _ in range(count)
            ])
            db.session.add(Job(event="family.changed", ids={}, status="failed", attempts=4))
            db.session.commit()
    found = figures()
    assert found[("ayni_jobs_waiting", "family.changed")] == 5
    assert found[("ayni_jobs_failed",)] == 2
    assert 600 <= found[("ayni_jobs_oldest_seconds",)] < 660


def test_what_takes_long_or_was_refused_wakes_nobody(app: Flask, semilla: Ngo, figures: Figures) -> None:
    long_ago, later = clock.now() - timedelta(hours=1), clock.now() + timedelta(minutes=1)
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.add_all([
            Job(event="family.changed", ids={}, made_at=long_ago, taken_until=later),  # a worker is at it
            Job(event=TRAIN, ids={}, made_at=long_ago), Job(event=TRAIN, ids={}, status="failed"),
        ])
        db.session.commit()
    found = figures()
    assert (found[("ayni_jobs_oldest_seconds",)], found[("ayni_jobs_failed",)]) == (0, 0)
    assert found[("ayni_jobs_waiting", TRAIN)] == 1


def test_nothing_that_waits_is_nothing(figures: Figures) -> None:
    found = figures()
    assert found[("ayni_jobs_waiting", "none")] == found[("ayni_jobs_oldest_seconds",)] == 0


def test_holds_that_end_soon_are_counted(made: Callable[..., str], figures: Figures) -> None:
    def hold(world: World, left: timedelta) -> Any:
        proposal = world.proposal()
        seats.extend(proposal, clock.now() + left)
        db.session.commit()
        return proposal

    for left in (timedelta(hours=3), timedelta(days=3)):
        made(lambda world, left=left: hold(world, left))
    made(lambda world: world.planned())  # whose seat is taken, not held
    found = figures()
    assert (found[("ayni_holds",)], found[("ayni_holds_ending",)]) == (2, 1)


OF_STATE = ("ayni_jobs_failed", "ayni_jobs_oldest_seconds", "ayni_jobs_waiting", "ayni_holds", "ayni_holds_ending")


def of_state(found: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    return {key: round(value) for key, value in found.items() if key[0] in OF_STATE}


def test_what_the_sweep_counted_is_what_would_be_counted_now(
    app: Flask, semilla: Ngo, wasi: Ngo, made: Callable[..., str], figures: Figures
) -> None:
    made(lambda world: world.proposal())
    for ngo, name in ((semilla, TRAIN), (wasi, "provider.changed")):
        with app.app_context(), tenancy.acting_for(ngo.id):
            db.session.add(Job(event=name, ids={}, made_at=clock.now() - timedelta(minutes=10)))
            db.session.add(Job(event=name, ids={}, status="failed", attempts=4))
            db.session.commit()
    with clock.at(clock.now()):
        counted = of_state(figures())
        periodic.sweep(app)
        assert of_state(figures()) == counted
    assert (counted[("ayni_jobs_failed",)], counted[("ayni_jobs_oldest_seconds",)]) == (2, 600)
    assert (counted[("ayni_jobs_waiting", TRAIN)], counted[("ayni_holds",)]) == (1, 1)


def test_where_nobody_sweeps_any_more_jobs_are_counted_anew(app: Flask, semilla: Ngo, figures: Figures) -> None:
    periodic.sweep(app)
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.add(Job(event=TRAIN, ids={}))
        db.session.commit()
    assert ("ayni_jobs_waiting", TRAIN) not in figures()  # within the minute
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert figures()[("ayni_jobs_waiting", TRAIN)] == 1


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"at": "x"}', '{"waiting": 1}', '{"oldest": null, "waiting": []}'])
def test_a_note_that_says_something_else_says_nothing(app: Flask, figures: Figures, kept: str) -> None:
    at = clock.now().isoformat()
    text = kept.replace('{"w', f'{{"at": "{at}", "w').replace('{"o', f'{{"at": "{at}", "o')
    for name in (state.SWEPT, state.DRIFT):
        (app.config["SETTINGS"].instance / name).write_text(text, encoding="utf-8")
    found = figures()
    assert (found[("ayni_jobs_waiting", "none")], DRIFT in found) == (0, False)


def test_a_note_that_cannot_be_kept_stops_no_sweep(app: Flask, figures: Figures) -> None:
    (app.config["SETTINGS"].instance / state.SWEPT).mkdir()
    assert set(periodic.sweep(app)) == {step.__name__ for step in periodic.EACH}
    assert figures()[("ayni_jobs_failed",)] == 0


def asked(app: Flask, figures: Figures) -> int:
    """How many statements the figures take."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        sent.append(text)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        figures()
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def test_twenty_ngos_cost_no_more_statements_than_two(app: Flask, figures: Figures) -> None:
    periodic.sweep(app)
    of_two = asked(app, figures)
    with app.app_context():
        db.session.add_all([Tenant(slug=f"ngo{n}", name=f"ONG {n}", ubigeo="150132") for n in range(18)])
        db.session.commit()
    periodic.sweep(app)
    assert asked(app, figures) == of_two
    assert of_two <= 8


def test_no_figure_names_an_ngo(app: Flask, figures: Figures, semilla: Ngo) -> None:
    with app.app_context():
        told = {str(word) for row in db.session.query(Tenant).all() for word in (row.id, row.slug, row.name)}
    assert len(told) >= 4
    assert not [key for key in figures() if set(key) & told]


def test_the_version_that_ranks_is_named(figures: Figures) -> None:
    found = figures()
    assert found[("ayni_model", registry.PRIOR)] == 1
    assert found[("ayni_model_refused",)] == 0


def test_a_version_that_was_changed_is_refused_and_counted(app: Flask, figures: Figures) -> None:
    models = app.config["SETTINGS"].instance / "models"
    models.mkdir()
    (models / registry.POINTER).write_text("{}", encoding="utf-8")
    found = figures()
    assert (found[("ayni_model", registry.PRIOR)], found[("ayni_model_refused",)]) == (1, 1)


def test_each_part_is_ready_or_not(app: Flask, figures: Figures) -> None:
    readiness.register(app, "queue", lambda: False)
    found = figures()
    assert {key[1]: value for key, value in found.items() if key[0] == "ayni_ready"} == {
        "database": 1, "writes": 1, "schema": 1, "secrets": 1, "queue": 0,
    }


@pytest.mark.parametrize(("note", "file", "expected"), [
    (None, None, 0.0), ('{"at": "2026-11-01T03:00:00+00:00"}', None, 1793502000.0), ("[]", 1793500000.0, 1793500000.0),
    ("{", None, 0.0), ('{"at": "2026-11-01T03:00:00+00:00"}', 1.0, 1793502000.0), (None, 1793500000.0, 1793500000.0),
])
def test_the_age_of_the_last_backup(tmp_path: Path, note: str | None, file: float | None, expected: float) -> None:
    if note is not None:
        (tmp_path / "backup.json").write_text(note, encoding="utf-8")
    if file is not None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "one.age").touch()
        os.utime(tmp_path / "elsewhere" / "one.age", (file, file))
    assert state.backup_at(tmp_path, [tmp_path / "elsewhere"]) == expected


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_job_is_timed_by_what_became_of_it(
    made: Callable[..., str], app: Flask, semilla: Ngo, work: Work
) -> None:
    names = ("ayni_encoded_texts_total", "ayni_encoding_seconds_total")
    before = [value("ayni_job_seconds_count", event="family.changed", outcome="done"), *map(value, names)]
    listed = value("ayni_suggestion_seconds_count", event="family.changed")
    made(lambda world: world.provider(profile="Cuido con cariño. Canto con los niños."))
    family = made(lambda world: case(world, story="Trabajo en el mercado desde las siete."))
    with app.app_context(), tenancy.acting_for(semilla.id):
        events.announce("family.changed", family=UUID(family))
        db.session.commit()
    work()
    after = [value("ayni_job_seconds_count", event="family.changed", outcome="done"), *map(value, names)]
    assert (after[0] - before[0], after[1] - before[1]) == (1, 5)  # each text whole, and its sentences
    assert after[2] > before[2]
    assert value("ayni_suggestion_seconds_count", event="family.changed") == listed + 1


def test_a_job_that_fails_is_timed_as_one(app: Flask, semilla: Ngo, work: Work) -> None:
    before = value("ayni_job_seconds_count", event="of.a.newer.version", outcome="failed")
    with app.app_context(), tenancy.acting_for(semilla.id):
        events.announce("of.a.newer.version", family=uuid4())
        db.session.commit()
    work()
    assert value("ayni_job_seconds_count", event="of.a.newer.version", outcome="failed") == before + 1


def test_a_sweep_counts_the_holds_that_ended(app: Flask, made: Callable[..., str]) -> None:
    made(lambda world: world.proposal())
    before = value("ayni_holds_expired_total")
    with clock.at(clock.now() + timedelta(days=60)):
        periodic.sweep(app)
        assert value("ayni_sweep_timestamp_seconds") == pytest.approx(clock.now().timestamp())
    assert value("ayni_holds_expired_total") == before + 1


def shown(world: World, days: int, scores: list[float]) -> Any:
    """Lists made so many days ago, the first suggestion of each with its score."""
    family, provider = world.family(), world.provider()
    for score in scores:
        suggestion = world.suggestion(family, provider, status="suggested")
        suggestion.score = score
        db.session.get_one(SuggestionRun, suggestion.run_id).made_at = clock.now() - timedelta(days=days)
    db.session.commit()
    return family


def test_a_score_that_moved_is_a_drift_over_all_ngos(app: Flask, made: Callable[..., str], figures: Figures) -> None:
    steady = [0.5 + n / 1000 for n in range(80)]
    made(lambda world: shown(world, 20, steady))
    assert DRIFT not in figures()  # nobody measured it yet
    periodic.measure(app)
    assert DRIFT not in figures()  # of the last week there is nothing to compare
    made(lambda world: shown(world, 2, steady))
    periodic.measure(app)
    assert figures()[DRIFT] < 0.01
    made(lambda world: shown(world, 1, [one - 0.2 for one in steady]))
    periodic.measure(app)
    assert figures()[DRIFT] > 0.25


@pytest.mark.parametrize(("minutes", "known"), [(59, True), (61, False)])
def test_a_drift_that_nobody_measures_any_more_is_not_known(
    app: Flask, figures: Figures, minutes: int, known: bool
) -> None:
    notes.write(app.config["SETTINGS"].instance, state.DRIFT, {"psi": 0.4})
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        assert figures().get(DRIFT) == (0.4 if known else None)


def test_what_is_too_old_to_compare_is_left_out(world: World) -> None:
    shown(world, 40, [0.1] * 3)
    shown(world, 30, [0.2] * 3)
    assert [score for _, score in matching.drift.firsts()] == [0.2] * 3


@pytest.fixture
def listener() -> Iterator[HTTPConnection]:
    """The worker's own listener, with a token."""
    server = exposition.listen(TOKEN, "127.0.0.1", 0)
    with closing(HTTPConnection("127.0.0.1", server.server_port, timeout=10)) as connection:
        yield connection
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("header", "status"), [*((one, 401) for one in WRONG if one.isascii()), (BEARER, 200)])
def test_the_listener_of_the_worker_asks_for_the_token_too(listener: HTTPConnection, header: str, status: int) -> None:
    listener.request("GET", "/metrics", headers={"Authorization": header})
    answer = listener.getresponse()
    assert answer.status == status
    assert (("ayni_sweep_timestamp_seconds",) in read(answer.read().decode())) is (status == 200)
