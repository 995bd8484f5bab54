"""Which installation a command works on: production by its environment variables, or the demo by the keys it made."""

from __future__ import annotations

import base64
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask

from portal import create_app
from portal.config import SECRETS, Settings, SettingsError, instance_path
from portal.extensions import db

DEMO = "demo"
EMBEDDED = "ayni.db"  # in the instance folder, where DATABASE_URL names no other


def new_secrets() -> dict[str, str]:
    """A fresh set: three secrets of 256 bits, and one master key named by its first characters."""
    values = {name: secrets.token_urlsafe(32) for name in SECRETS}
    values["MASTER_KEYS"] = new_master_key()
    return values


def new_master_key() -> str:
    """`id:base64` of 32 random bytes."""
    return f"m{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def demo_keys(instance: Path) -> Path:
    """The folder of the demo's own keys."""
    return instance / "demo-keys"


def make_demo_keys(instance: Path) -> None:
    """The demo's keys, made once and readable by their owner alone."""
    folder = demo_keys(instance)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, value in new_secrets().items():
        path = folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(value, encoding="utf-8")


def environment(host: str = "127.0.0.1", port: int = 8000) -> dict[str, str]:
    """The environment of this process, completed by the demo's settings where the demo is what is meant.

    The demo is meant when nothing says which installation it is (`APP_ENV`) and a demo has made keys here.
    """
    given = dict(os.environ)
    folder = demo_keys(instance_path(given))
    if given.get("APP_ENV", DEMO) != DEMO or not folder.is_dir():
        return given
    demo = {
        "APP_ENV": DEMO,
        "INSECURE_COOKIES": "1",
        "PUBLIC_BASE_URL": f"http://{host}:{port}",
        "TRUSTED_HOSTS": ",".join(dict.fromkeys([host, "127.0.0.1", "localhost", "[::1]"])),
        **{f"{name}_FILE": str(folder / name) for name in SECRETS if name not in given},
    }
    return {**demo, **given}


@contextmanager
def application() -> Iterator[Flask]:
    """The application of this installation, at work. Raises SettingsError when it is not configured."""
    settings = Settings.from_environment(environment())
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def is_there() -> bool:
    """Does a database of NGOs belong to this instance folder? Without one a command has nothing but files.

    Where the environment names one, or one lies here, and a secret is missing: SettingsError.
    """
    given = environment()
    named = any(given.get(name) or given.get(f"{name}_FILE") for name in ("APP_ENV", "DATABASE_URL", *SECRETS))
    if not named and not (instance_path(given) / EMBEDDED).exists():
        return False
    path = embedded_file(Settings.from_environment(given).database_url)
    return path is None or path.exists()


def embedded_file(url: str) -> Path | None:
    """The file of an embedded database, or None for a server's."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def is_marked_demo(path: Path) -> bool:
    """Was this embedded database made by the demo?"""
    with closing(sqlite3.connect(path)) as database:
        try:
            found = database.execute("SELECT 1 FROM platform_mark WHERE name = 'demo'").fetchone()
        except sqlite3.DatabaseError:
            return False
    return found is not None


def refuse_demo_in_production(settings: Settings) -> None:
    """Raise SettingsError when production would be started on a database that the demo made."""
    path = embedded_file(settings.database_url)
    if settings.env != DEMO and path and path.exists() and is_marked_demo(path):
        raise SettingsError(f"{path} was made by the demo, with known passwords: use another database.")
