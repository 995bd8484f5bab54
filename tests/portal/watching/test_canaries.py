"""No word anybody writes is in the log: not on the way, and not when something fails."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError

from portal import events, tenancy
from portal.extensions import db
from portal.jobs import handlers, periodic
from portal.models import Family
from portal.views.access import PUBLIC, needs
from portal.watching import logs
from tests.attack.canary import CANARY
from tests.ground import Ngo
from tests.portal.jobs.conftest import Work
from tests.portal.watching.conftest import Lines
from tests.portal.watching.journey import SECRETS, Journey, provider
from tests.portal.worlds import Browser

SQL = " ".join(["UPDATE family SET story =", CANARY])


def told(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
def journey(app: Flask, semilla: Ngo, work: Work, log_in: Callable[..., Browser]) -> Journey:
    return Journey(app, semilla, log_in("caseworker"), log_in("supervisor"), work)


def test_the_whole_journey_is_told_without_a_word_of_it(
    app: Flask, journey: Journey, made: Callable[..., str], lines: Lines, written: io.StringIO
) -> None:
    somebody = UUID(made(provider))
    journey.walk()
    journey.wander(somebody)
    periodic.sweep(app)
    assert told(written.getvalue()) == []
    found = lines()
    assert {line["event"] for line in found} >= {"request", "job"}
    assert len({line.get("route") for line in found}) > 15
    assert {line["job"] for line in found if line["event"] == "job"} >= {"intake.submitted", "family.changed"}


def test_a_job_carries_the_number_of_the_request_that_left_it(
    journey: Journey, made: Callable[..., str], lines: Lines
) -> None:
    made(provider)
    journey.walk()
    found = lines()
    submitted = next(line for line in found if line.get("job") == "intake.submitted")
    (request,) = [line for line in found if line["event"] == "request" and line["request"] == submitted["request"]]
    assert (request["route"], request["method"]) == ("/families/<family_id>/move", "POST")
    assert submitted["tenant"] == request["tenant"] == str(journey.ngo.id)


def keep_twice() -> None:
    """A row that is refused by the database itself, with the word in it."""
    db.session.add(Family(number=None, story=CANARY, caseworker_id=None))
    db.session.flush()


def fail(error: Exception) -> Callable[[], None]:
    def view() -> None:
        raise error

    return view


def chained() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise RuntimeError(f"{CANARY} was not found") from error


FAILURES: dict[str, Callable[[], Any]] = {
    "a bug": fail(ValueError(CANARY)), "one behind another": chained, "refused by the database": keep_twice,
    "away": fail(OperationalError(SQL, {"story": CANARY}, Exception(CANARY))), "abort": lambda: abort(500, CANARY),
    "a group": fail(ExceptionGroup(CANARY, [ValueError(CANARY)])),
    "notes": fail(type("Noted", (Exception,), {"__notes__": [CANARY]})(CANARY)),
}


@pytest.fixture
def failing(app: Flask, semilla: Ngo) -> Iterator[Flask]:
    """The portal with an address for each failure."""

    def inside(view: Callable[[], Any]) -> Any:
        with tenancy.acting_for(semilla.id):
            return view()

    for number, view in enumerate(FAILURES.values()):
        app.add_url_rule(f"/fail/{number}", f"f{number}", needs(PUBLIC)(lambda view=view: inside(view)))
    return app


@pytest.mark.parametrize("name", FAILURES)
def test_a_page_that_fails_is_told_by_its_kind_and_place(
    failing: Flask, lines: Lines, written: io.StringIO, name: str
) -> None:
    answer = failing.test_client().get(f"/fail/{list(FAILURES).index(name)}?q={CANARY}")
    assert answer.status_code >= 400
    assert told(written.getvalue()) == []
    (request,) = [one for one in lines() if one["event"] == "request"]
    assert request["status"] == answer.status_code
    for said in lines():
        for error in said.get("errors", []):
            assert error["stack"]
            assert set(error) == {"kind", "stack"}


def test_a_failure_names_every_error_behind_it(failing: Flask, lines: Lines) -> None:
    failing.test_client().get(f"/fail/{list(FAILURES).index('one behind another')}")
    (line,) = [one for one in lines() if one["event"] == "failure"]
    assert [error["kind"] for error in line["errors"]] == ["RuntimeError", "KeyError"]
    assert line["errors"][0]["stack"][-1].endswith(" chained")


def test_a_job_that_fails_is_told_by_its_kind_and_place(
    app: Flask, semilla: Ngo, work: Work, lines: Lines, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handlers.HANDLERS, "family.changed", lambda ids: keep_twice())
    with app.app_context(), tenancy.acting_for(semilla.id):
        events.announce("family.changed", family=UUID(int=1))
        db.session.commit()
    work()
    (job,) = [one for one in lines() if one["event"] == "job"]
    assert (job["outcome"], job["errors"][0]["kind"]) == ("failed", "sqlalchemy.exc.IntegrityError")
    assert told(written.getvalue()) == []


def test_what_a_library_says_is_its_template(written: io.StringIO, lines: Lines) -> None:
    library = logging.getLogger("some.library")
    library.error("%s was refused for %s", CANARY, {"story": CANARY})
    library.error(f"{CANARY} was refused")
    library.error(ValueError(CANARY))
    library.error("failed", extra={"story": CANARY}, stack_info=True)
    logging.getLogger("gunicorn.error").error("Worker failed to boot.")
    assert told(written.getvalue()) == []
    assert [one["event"] for one in lines()] == [
        "%s was refused for %s", *["(text withheld)"] * 3, "Worker failed to boot."
    ]


def test_a_field_nobody_has_thought_about_is_not_written(lines: Lines, written: io.StringIO) -> None:
    logs.get("portal.test").warning("score_refused", version="v1", story=CANARY, family=CANARY)
    (line,) = lines()
    assert line["version"] == "v1"
    assert told(written.getvalue()) == []


def test_an_error_nobody_caught_is_a_line_too(
    lines: Lines, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda found: logs.uncaught(found.exc_type, found.exc_value, None))
    thread = threading.Thread(target=chained)
    thread.start()
    thread.join()
    (line,) = lines()
    assert (line["event"], line["errors"][0]["kind"]) == ("uncaught", "RuntimeError")
    assert told(written.getvalue()) == []


@pytest.mark.parametrize("readable", [True, False])
def test_lines_for_people_say_no_more(readable: bool) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(readable))
    quiet = logging.getLogger("some.other.library")
    quiet.addHandler(handler)
    try:
        chained()
    except RuntimeError:
        quiet.exception("%s", CANARY)
    quiet.removeHandler(handler)
    assert "RuntimeError" in stream.getvalue()
    assert told(stream.getvalue()) == []
