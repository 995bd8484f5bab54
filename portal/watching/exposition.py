"""The figures as Prometheus reads them, behind a token.

The token goes over the port that is there anyway: a second listener beside each web process would need a port, a
network rule and a life of its own for one page, and who may ask would still have to be settled. Where no token is set
there is no such page. The worker answers no requests, so it has a small listener of its own (`METRICS_PORT`), behind
the same token; without a token it listens to its own machine alone.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, ThreadingWSGIServer
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal.watching import folder

HOME = "127.0.0.1"


def may_ask(token: str, header: str) -> bool:
    """Does the Authorization header bear the token? Nobody may where there is no token."""
    return bool(token) and hmac.compare_digest(header.encode(), f"Bearer {token}".encode())


def text(*more: Collector) -> bytes:
    """The figures of this server: of all its processes where there are several, and what `more` finds out now."""
    parts = [generate_latest(_counted())]
    for collector in more:
        registry = CollectorRegistry()
        registry.register(collector)
        parts.append(generate_latest(registry))
    return b"".join(parts)


def _counted() -> CollectorRegistry:
    if not os.environ.get(folder.VARIABLE):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def listen(token: str, host: str, port: int) -> WSGIServer:
    """Answer on a port of its own, in a thread that ends with the process. Port 0 takes a free one."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if token and not may_ask(token, environ.get("HTTP_AUTHORIZATION", "")):
            start_response("401 Unauthorized", [("WWW-Authenticate", "Bearer")])
            return []
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)])
        return [text()]

    server = make_server(host if token else HOME, port, answer, ThreadingWSGIServer, _Quiet)
    Thread(target=server.serve_forever, name="figures", daemon=True).start()
    return server


class _Quiet(WSGIRequestHandler):
    """Says nothing of who asked."""

    def log_message(self, *_: object) -> None:
        """Nothing."""
