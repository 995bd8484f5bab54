"""How many requests a token may make. Without Redis each web process counts by itself."""

from __future__ import annotations

from flask import Flask, Response, g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from portal.api.interface import Resource


def init_app(app: Flask, resources: tuple[Resource, ...]) -> None:
    """Count the requests to these resources together; the one too many is answered 429 with `Retry-After`."""
    settings = app.config["SETTINGS"]
    app.after_request(_calm)  # before the limiter: what is registered last is asked first
    limiter = Limiter(
        _whose, app=app, storage_uri=settings.redis_url or "memory://", headers_enabled=True, swallow_errors=True
    )
    together = limiter.shared_limit(settings.api_rate, scope="programs")
    for resource in resources:
        together(resource)


def _whose() -> str:
    token = g.get("token")
    return f"token:{token.id}" if token is not None else f"address:{get_remote_address()}"


def _calm(answer: Response) -> Response:
    """The limiter says `Retry-After` with every answer; only a refusal means it."""
    if answer.status_code < 400:
        answer.headers.pop("Retry-After", None)
    return answer
