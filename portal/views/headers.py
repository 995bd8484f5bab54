"""Headers every answer carries."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:{tiles}; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
YEAR = 31_536_000  # seconds


def nonce() -> str:
    """This answer's nonce, for a script or style element of our own."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def init_app(app: Flask) -> None:
    """Put the headers on every answer."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    settings = current_app.config["SETTINGS"]
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    tiles = f" {settings.tile_url.partition('{')[0]}" if settings.tile_url else ""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce(), tiles=tiles))
    if settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
