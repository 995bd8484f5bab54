"""Proxies in front of the portal, and how much of what they say about a visitor counts."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask) -> None:
    """Take the visitor's address and scheme from as many proxies as the installation has, and from nobody else.

    Each proxy appends to `X-Forwarded-For`, so only the last entries are theirs: what a visitor writes stands before.
    The host is the `Host` header itself, which a proxy passes on unchanged.
    """
    hops = app.config["SETTINGS"].proxy_hops
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)
