"""The score's versions on screen: who sees which, teaching, comparing, promoting and rolling back through the gates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ml import artifacts
from ml.learn import registry
from portal import events, tenancy
from portal.audit import AuditEvent
from portal.events import Job
from portal.extensions import db
from portal.models import Membership, SuggestionRun
from portal.services import shadow, versions
from tests.ground import OPERATOR, Ngo
from tests.ml.learn import shelf
from tests.portal.learning import decided
from tests.portal.worlds import Browser, World

LogIn, Made = Callable[..., Browser], Callable[[Callable[[World], Any]], str]
ALL = {"value": 0.8, "low": 0.7, "high": 0.9}
METHOD = {"shown": {"ndcg@10": ALL, "additive_less_this": {"value": 0.1, "low": 0.05, "high": 0.15}},
          "probability": {"pr_auc": ALL, "brier": ALL, "ece": ALL}}
FIGURES = {
    **shelf.GOOD, "data": "d" * 64, "seed": 7, "counts": {"families": 70, "rows": 350, "approved": 70, "held": 55},
    "splits": {"family": {"methods": {"additive": METHOD, "prior": METHOD}, "missing": {"lambdamart": "no"}},
               "time": {"not_run": "too few"}},
}
CLOSED = {**FIGURES, "validation": {"less_prior": {"value": -0.01}}}


@pytest.fixture
def models(app: Flask) -> Path:
    return app.config["SETTINGS"].instance / "models"


@pytest.fixture
def shelved(models: Path, semilla: Ngo) -> Callable[..., str]:
    """A version's folder, taught by an NGO's decisions (`semilla`'s own, or those of a folder with "")."""

    def put(distance: float = 0.24, metrics: dict[str, Any] = FIGURES, source: str | None = None) -> str:
        made = shelf.scorer(distance)
        folder = shelf.put(models, made, metrics)
        (folder / versions.REPORT).write_text("<!doctype html><p>Informe</p>", encoding="utf-8")
        found = {"ndcg@10": ALL, "validation_less_prior": {"value": 0.02, "low": 0.01, "high": 0.03}}
        about = {"made": "2026-11-23T10:00:00", "source": str(semilla.id) if source is None else source,
                 "data": metrics["data"], "seed": 7, "metrics": found}
        (folder / artifacts.MANIFEST).unlink()
        artifacts.write_manifest(folder, made.version, about)
        return made.version

    return put


@pytest.fixture
def operator(app: Flask) -> Browser:
    return Browser(app, OPERATOR)


def trail(app: Flask, ngo: Ngo, action: str) -> list[str]:
    with app.app_context(), tenancy.acting_for(ngo.id):
        entries = select(AuditEvent.reason).where(AuditEvent.action == action).order_by(AuditEvent.number)
        return list(db.session.scalars(entries))


def test_an_ngo_sees_the_versions_its_own_decisions_taught(log_in: LogIn, shelved: Callable[..., str]) -> None:
    name, others = shelved(), shelved(0.23, source="")
    page = log_in("ngo_admin").get("/models/").text
    assert name in page
    assert others not in page
    assert "0.800 [0.700; 0.900]" in page


@pytest.mark.parametrize("address", ["", "/report"])
def test_another_ngo_finds_no_version_of_it(log_in: LogIn, shelved: Callable[..., str], address: str) -> None:
    name = shelved()
    assert log_in("ngo_admin").get(f"/models/{name}{address}").status_code == 200
    stranger = log_in("ngo_admin", "wasi")
    assert stranger.get(f"/models/{name}{address}").status_code == 404
    assert stranger.get(f"/models/compare?one={name}&other={name}").status_code == 404
    assert name not in stranger.get("/models/").text


def test_a_version_is_shown_beside_its_baselines(log_in: LogIn, shelved: Callable[..., str]) -> None:
    page = log_in("ngo_admin").get(f"/models/{shelved()}").text
    for words in ("Modelo inicial", "0.100 [0.050; 0.150]", "LambdaMART no se pudo medir", "No se midió así",
                  "Sí: ordena mejor que el modelo inicial (diferencia 0.0200 [0.0100; 0.0300])", "Nombres"):
        assert words in page


def test_the_report_is_a_page_that_runs_nothing(log_in: LogIn, shelved: Callable[..., str]) -> None:
    answer = log_in("ngo_admin").get(f"/models/{shelved()}/report")
    assert "Informe" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.headers["Content-Security-Policy"]


def test_a_version_whose_files_changed_is_not_shown(log_in: LogIn, shelved: Callable[..., str], models: Path) -> None:
    name = shelved()
    (models / name / registry.METRICS).write_text(json.dumps(FIGURES) + " ", encoding="utf-8")
    answer = log_in("ngo_admin").get(f"/models/{name}")
    assert answer.status_code == 409
    assert "cambiaron o faltan" in answer.text


def test_two_versions_are_compared(log_in: LogIn, shelved: Callable[..., str]) -> None:
    names = [shelved(), shelved(0.23, {**CLOSED, "data": "e" * 64})]
    page = log_in("ngo_admin").get(f"/models/compare?one={names[0]}&other={names[1]}").text
    assert all(name in page for name in names)
    assert "-0.010" in page
    assert "datos distintos" in page


def test_the_operator_promotes_and_rolls_back_and_every_trail_knows(
    app: Flask, semilla: Ngo, wasi: Ngo, operator: Browser, shelved: Callable[..., str], models: Path
) -> None:
    name = shelved()
    assert operator.post(f"/models/{name}/promote", f"/models/{name}").status_code == 302
    assert registry.promoted(models) == name
    assert registry.history(models)[0].by
    assert "ordena hoy" in operator.get("/models/").text
    assert operator.post("/models/rollback", "/models/").status_code == 302
    assert registry.promoted(models) == registry.PRIOR
    for ngo in (semilla, wasi):
        assert (trail(app, ngo, "promote"), trail(app, ngo, "rollback")) == ([name], [registry.PRIOR])


def test_a_closed_gate_wants_a_reason_which_is_kept(
    app: Flask, wasi: Ngo, operator: Browser, shelved: Callable[..., str], models: Path
) -> None:
    name = shelved(metrics=CLOSED)
    page = operator.get(f"/models/{name}").text
    assert "No ordena mejor que el modelo inicial" in page
    refused = operator.post(f"/models/{name}/promote", f"/models/{name}", reason="porque sí")
    assert (refused.status_code, registry.promoted(models)) == (422, registry.PRIOR)
    assert trail(app, wasi, "promote") == []
    said = "Revisado a mano con la supervisión"
    assert operator.post(f"/models/{name}/promote", f"/models/{name}", reason=said).status_code == 302
    assert registry.history(models)[0].reason == said
    assert trail(app, wasi, "promote") == [f"{name}: {said}"]


@pytest.mark.parametrize(("language", "words"), [("es", "No se distingue del modelo inicial"),
                                                 ("en", "Not told apart from the initial model")])
def test_who_promotes_sees_the_interval_of_a_gain_that_may_be_chance(
    operator: Browser, shelved: Callable[..., str], models: Path, language: str, words: str
) -> None:
    name = shelved(metrics={**FIGURES, "validation": {"less_prior": {"value": 0.012, "low": -0.02, "high": 0.044}}})
    operator.post("/account/language", "/", language=language)
    page = operator.get(f"/models/{name}").text
    confirmed = re.search(r'data-confirm="([^"]*)"', page)
    assert confirmed is not None
    assert page.count(words) == 2
    for text in (page, confirmed[1]):
        assert "0.0120 [-0.0200; 0.0440]" in text
    assert operator.post(f"/models/{name}/promote", f"/models/{name}").status_code == 302
    assert registry.promoted(models) == name


def test_there_is_nothing_to_go_back_to_without_a_promotion(operator: Browser, models: Path) -> None:
    answer = operator.post("/models/rollback", "/models/")
    assert answer.status_code == 409
    assert "No hay a qué volver" in answer.text
    assert not models.exists()


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "ngo_admin"])
def test_nobody_of_an_ngo_promotes(log_in: LogIn, shelved: Callable[..., str], models: Path, role: str) -> None:
    name = shelved()
    assert log_in(role).post(f"/models/{name}/promote", "/").status_code == 403
    assert registry.promoted(models) == registry.PRIOR


def test_too_few_decisions_are_said_before_anything_is_begun(app: Flask, log_in: LogIn, made: Made) -> None:
    made(lambda world: decided.network(world, 3) or world.family())
    admin = log_in("ngo_admin")
    page = admin.get("/models/").text
    assert "3 familias aceptaron" in page
    assert f"Hacen falta {versions.FEWEST}" in page
    assert 'action="/models/train"' not in page
    answer = admin.post("/models/train", "/models/")
    assert answer.status_code == 409
    assert "muy pocas familias" in answer.text


@pytest.fixture
def enough(monkeypatch: pytest.MonkeyPatch, made: Made) -> None:
    """Three families are enough here."""
    monkeypatch.setattr(versions, "FEWEST", 3)
    made(lambda world: decided.network(world, 3) or world.family())


def test_a_training_is_asked_for_once_and_is_watched(
    app: Flask, semilla: Ngo, log_in: LogIn, enough: None
) -> None:
    admin = log_in("ngo_admin")
    assert admin.post("/models/train", "/models/").status_code == 302
    assert admin.post("/models/train", "/models/").status_code == 409
    with app.app_context(), tenancy.acting_for(semilla.id):
        job = db.session.scalars(select(Job)).one()
        assert (job.event, job.lane, job.asked_by_id) == (events.TRAIN, events.TRAINING, semilla.people["ngo_admin"])
    for address in ("/models/", "/models/state"):
        page = admin.get(address).text
        assert 'data-refresh-url="/models/state"' in page
        assert "Espera su turno" in page
    assert "Entrenar el modelo" in admin.get("/jobs/").text
    assert len(trail(app, semilla, "ask")) == 1


@pytest.fixture
def scientist(app: Flask, semilla: Ngo, log_in: LogIn) -> Browser:
    """Who teaches the score of Semilla, and nothing else."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        member = db.session.scalars(
            select(Membership).where(Membership.user_id == semilla.people["caseworker"])
        ).one()
        member.roles = ["data_scientist"]
        db.session.commit()
    return log_in("caseworker")


def test_a_data_scientist_teaches_and_sees_no_case(scientist: Browser, enough: None) -> None:
    assert scientist.post("/models/train", "/models/").status_code == 302
    assert scientist.get("/jobs/").text.count('class="card job"') == 1
    for address in ("/families/", "/providers/", "/team/", "/trail/", "/settings/"):
        assert scientist.get(address).status_code == 403, address


def test_a_data_scientists_day_says_what_ranks_and_what_is_missing(scientist: Browser, made: Made) -> None:
    made(lambda world: decided.network(world, 1) or world.family())
    page = scientist.get("/").text
    assert "Qué ordena hoy" in page
    assert "1 familia aceptó que el sistema aprenda de su caso y tiene decisiones." in page
    assert f"Hacen falta {versions.FEWEST}" in page
    assert 'href="/models/"' in page
    assert "No hay nada pendiente" not in page


def test_a_training_that_was_refused_says_what_to_do(log_in: LogIn, made: Made) -> None:
    def refused(world: World) -> Job:
        job = events.ask(events.TRAIN, world.ngo.people["ngo_admin"])
        job.status, job.result = "failed", {"reason": "few_families", "families": 12, "fewest": 61}
        db.session.commit()
        return job

    made(refused)
    page = log_in("ngo_admin").get("/models/").text
    assert "Solo 12 familias" in page
    assert "hacen falta 61" in page


def test_in_the_shadow_a_version_orders_the_lists_of_now(
    app: Flask, semilla: Ngo, made: Made, shelved: Callable[..., str], log_in: LogIn
) -> None:
    made(lambda world: decided.network(world, 4) or world.family())
    name = shelved(0.24)
    with app.app_context(), tenancy.acting_for(semilla.id):
        assert db.session.query(SuggestionRun).filter_by(current=True).count() == 4
        found = shadow.of(name)
    assert found.lists == 4
    assert 0 < found.overlap <= 1
    assert 0 <= found.first_stays <= 4
    assert "En la sombra" in log_in("ngo_admin").get(f"/models/{name}").text


@pytest.mark.parametrize(("language", "words"), [("es", "Qué ordena hoy"), ("en", "What puts them in order today")])
def test_the_page_speaks_both_languages(log_in: LogIn, shelved: Callable[..., str], language: str, words: str) -> None:
    shelved()
    admin = log_in("ngo_admin")
    admin.post("/account/language", "/", language=language)
    page = admin.get("/models/").text
    assert words in page
    assert re.search(r"0\.800 \[0\.700; 0\.900\]", page)
