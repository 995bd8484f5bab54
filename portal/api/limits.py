"""How many requests a token may make. Without Redis each web process counts by itself."""

from __future__ import annotations

from flask import Flask, g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from portal.api.interface import Resource


def init_app(app: Flask, resources: tuple[Resource, ...]) -> None:
    """Count the requests to these resources; the one too many is answered 429 with `Retry-After`."""
    settings = app.config["SETTINGS"]
    limiter = Limiter(
        _whose, app=app, storage_uri=settings.redis_url or "memory://", headers_enabled=True, swallow_errors=True
    )
    for resource in resources:
        limiter.limit(settings.api_rate)(resource)


def _whose() -> str:
    token = g.get("token")
    return f"token:{token.id}" if token is not None else f"address:{get_remote_address()}"
