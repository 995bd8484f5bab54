"""The interface against its own description: schemathesis asks every operation for what the document promises.

A real server, since the check of tokens is not made in process. Values only this NGO knows (ids, districts, hours) are
put into valid requests; invalid ones are sent as they were made up.
"""

from __future__ import annotations

import base64
import dataclasses
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.serving import make_server

from portal import clock, tenancy
from portal.extensions import db
from portal.services.documents import Upload
from portal.services.imports import waiting
from portal.services.throttle import throttle
from tests.ground import Ngo, opened
from tests.portal.api.test_intakes import complete
from tests.portal.imports.conftest import provider, sheet
from tests.portal.worlds import World
from tests.programs import V1, Program

EXAMPLES = 3  # made-up requests an operation, beside those that cover its description one limit at a time
CHECKS = {  # a version that does not exist is no better than none
    "negative_data_rejection": {"expected-statuses": ["400", "401", "404", "405", "409", "412", "415", "422", "428"]},
    "missing_required_header": {"expected-statuses": ["401", "428"]},
}
FORMATS = {
    "ubigeo": st.sampled_from(["150132", "150101", "050101"]),
    "week-hours": st.sampled_from(["mon-fri 07:00-18:00", "lun 19:00-07:00", ""]),
    "date": st.integers(1, 1400).map(lambda days: str(clock.today() - timedelta(days=days))),
}


@pytest.fixture
def served(app: Flask) -> Iterator[tuple[Flask, str]]:
    """(application, address): the portal behind a real server, with no limit to how often one may ask."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with opened(dataclasses.replace(app.config["SETTINGS"], api_rate="100000 per minute")) as free:
        server = make_server("127.0.0.1", 0, free, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield free, f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def known(app: Flask, semilla: Ngo) -> dict[str, str]:
    """A row for each place in an address."""
    with app.app_context(), tenancy.acting_for(semilla.id):
        world = World(semilla)
        placed, proposed, draft, alike = world.active(), world.proposal(), complete(world), complete(world)
        draft.children[0].given_names, draft.main_caregiver.phone = "Wayra", "912345678"
        free = world.suggestion(world.family(story="Trabajo de noche."), world.provider())
        files = {
            f"import_id{then}": waiting.leave(world.supervisor, "providers", Upload(sheet(provider())), None)
            for then in ("", " to commit", " to abandon")
        }
        db.session.commit()
        return {
            "family_id": str(free.family_id), "provider_id": str(free.provider_id), "suggestion_id": str(free.id),
            "proposal_id": str(proposed.id), "placement_id": str(placed.id),
            "child_id": str(free.family.children[0].id), "worker": str(world.worker.id),
            "family_id to submit": str(draft.id), "family_id to duplicates": str(alike.id), "seen": "1-0-0-0-0",
            **{place: str(file.id) for place, file in files.items()},
        }


@pytest.fixture
def fitted(served: tuple[Flask, str], known: dict[str, str]) -> Iterator[None]:
    """Valid requests name what there is; who asks with a made-up token is not made to wait for it."""

    def after_call(context: Any, case: Any, response: Any) -> None:
        if response.status_code == 401:
            with served[0].app_context():
                throttle.succeeded("token from 127.0.0.1")

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if case.meta is None or case.meta.generation.mode.is_positive:
            _fit(case, known)
        elif getattr(case.meta.phase.data, "parameter", "") == "If-Match":  # a key used before is another fault
            case.headers["Idempotency-Key"] = uuid4().hex

    schemathesis.hook(before_call)
    schemathesis.hook(after_call)
    for name, strategy in FORMATS.items():
        schemathesis.openapi.format(name, strategy)
    yield
    schemathesis.hooks.unregister_all()


def _fit(case: Any, known: dict[str, str]) -> None:
    then = f" to {case.path.rpartition('/')[2]}"
    case.path_parameters = {
        name: known.get(f"{name}{then}", known.get(name, value)) for name, value in (case.path_parameters or {}).items()
    }
    (case.query or {}).pop("cursor", None)
    for name, value in (("Idempotency-Key", uuid4().hex), ("If-Match", "*")):
        if name in (case.headers or {}):
            case.headers[name] = value
    if isinstance(case.body, dict):
        case.body.pop("row", None)
        for child in case.body.get("children") or []:
            child.pop("start_date", None)  # never before the birth
        if case.body.get("encoding") == "base64":
            case.body["content"] = base64.b64encode(sheet(provider())).decode()
        needed = {
            "suggestion_id": known["suggestion_id"], "starts_on": str(clock.today() + timedelta(days=1)),
            "reason": "Lo pide la familia" if "field" in case.body else "other", "note": "Se explica.",
            "seen": known["seen"], "worker": known["worker"], "birth_date": str(clock.today() - timedelta(days=900)),
            "family_id": known["family_id"], "same": False,
            "start_date": str(clock.today()), "given_on": str(clock.today()),  # nobody answers on a day to come
        }
        case.body.update({name: value for name, value in needed.items() if name in case.body or _asks(case.body, name)})


def _asks(body: dict[str, Any], name: str) -> bool:
    """Does a decision need a reason or a note, or a file of families a worker, that the description leaves open?"""
    if name == "worker":
        return body.get("kind") == "families"
    return name in {"reason", "note"} and ("decision" in body or "action" in body)


def test_every_promise_of_the_description_is_kept(
    app: Flask, semilla: Ngo, served: tuple[Flask, str], fitted: None
) -> None:
    config = SchemathesisConfig.from_dict({
        "headers": {"Authorization": f"Bearer {Program.of(app, semilla).text}"}, "checks": CHECKS,
        "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
        "continue-on-failure": True, "workers": 1,
    })
    schema = schemathesis.openapi.from_url(f"{served[1]}{V1}/openapi.json", config=config)
    found = Found()
    for event in from_schema(schema).execute():
        found.note(event)
    assert found.faults == []
    assert found.good == {one.ok().label for one in schema.get_all_operations()}
    assert {name for name, count in found.checks.items() if count > 100} >= {
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
        "response_headers_conformance", "negative_data_rejection", "positive_data_acceptance", "ignored_auth",
        "missing_required_header", "unsupported_method",
    }


class Found:
    """What a run found: faults, how often each check was made, and the operations that were answered with success."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.checks: Counter[str] = Counter()
        self.good: set[str] = set()

    def note(self, event: Any) -> None:
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.faults.append(str(getattr(event, "info", event)))
        if not isinstance(event, events.ScenarioFinished):
            return
        for case_id, made in event.recorder.checks.items():
            label = event.recorder.cases[case_id].value.operation.label
            answer = event.recorder.interactions[case_id].response
            if answer is not None and answer.status_code < 300:
                self.good.add(label)
            for one in made:
                self.checks[one.name] += 1
                if one.failure_info is not None:
                    said = f"{answer.status_code} {answer.text}" if answer is not None else ""
                    self.faults.append(f"{label} {one.name}: {one.failure_info.failure.message}; {said}"[:600])
