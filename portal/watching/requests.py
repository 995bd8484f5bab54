"""What stands before the application: the number of a request, its line in the log, its figures.

It is the outermost layer, so that an answer is counted however it came about. The line says which rule of the
addresses was met, never the address: no path, no query, no form, no name of a person, no address of a machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

from portal.watching import logs, metrics, work
from portal.watching.work import Work

log = logs.get("portal.requests")
NO_ROUTE = "none"  # an address that is nobody's
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES = ("/healthz", "/readyz", "/metrics")  # asked for by machines, under whatever name they know this one


class Watched:
    """The application, watched."""

    def __init__(self, inner: WSGIApplication, host: str) -> None:
        self.inner, self.host = inner, host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = Work(work.number(environ.get("HTTP_X_REQUEST_ID", "")))
        answer = _Answer(found.request, start_response)
        if environ.get("PATH_INFO") in PROBES and self.host:
            environ["HTTP_HOST"] = self.host  # a probe names a machine's address, and its answer holds no link
        started = time.perf_counter()
        with work.working(found):
            try:
                return self.inner(environ, answer)
            except Exception as error:
                log.error("failure", exc_info=error)
                raise
            finally:
                _note(found, environ["REQUEST_METHOD"], answer.status, time.perf_counter() - started)


class _Answer:
    """Takes the status on its way out, and puts the request's number beside it."""

    def __init__(self, number: str, inner: StartResponse) -> None:
        self.number, self.inner, self.status = number, inner, "500"

    def __call__(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
        self.status = status[:3]
        return self.inner(status, [*headers, ("X-Request-ID", self.number)], *rest)


def _note(found: Work, method: str, status: str, seconds: float) -> None:
    route, method = found.route or NO_ROUTE, method if method in METHODS else "other"
    metrics.REQUESTS.labels(route, method, status).inc()
    metrics.REQUEST_TIME.labels(route).observe(seconds)
    metrics.REQUEST_SQL.labels(route).observe(found.statements)
    say = log.debug if route in PROBES or "static" in route else log.info
    say("request", route=route, method=method, status=int(status), seconds=round(seconds, 4),
        statements=found.statements)


def _met() -> None:
    """Remember which rule the address met."""
    found = work.current()
    if found is not None and request.url_rule is not None:
        found.route = request.url_rule.rule


def init_app(app: Flask) -> None:
    """Stand before everything else."""
    app.before_request(_met)
    hosts = app.config["SETTINGS"].trusted_hosts
    app.wsgi_app = Watched(app.wsgi_app, hosts[0].lstrip(".") if hosts else "")
