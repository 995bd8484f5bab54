"""`manage.py demo`: a portal with two NGOs in it, for whoever wants to see it."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

import click
import flask_migrate
from sqlalchemy import select

from portal import demo as network
from portal.commands.installation import (
    DEMO,
    application,
    demo_keys,
    embedded_file,
    environment,
    is_marked_demo,
    make_demo_keys,
)
from portal.commands.processes import PortTakenError, Processes, heed_signals, refuse_taken_port
from portal.commands.serving import figures, prepare, web_command, worker_command
from portal.config import MIGRATIONS, Settings, instance_path
from portal.extensions import db
from portal.models import PlatformMark

ACCOUNTS = tuple(
    f"{role}@{ngo}.example" for ngo in ("semilla", "wasi") for role in ("caseworker", "supervisor", "admin", "data")
) + ("operator@platform.example",)
UNFINISHED = "loading"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--reset", is_flag=True, help="Start over: remove the database the demo made.")
@click.option("--seed", default=7, show_default=True, help="Another seed, another network.")
def demo(host: str, port: int, reset: bool, seed: int) -> None:
    """Start the portal with a demo network of two NGOs.

    The password of the demo accounts is printed; DEMO_PASSWORD sets it for a new database.
    """
    if os.environ.get("APP_ENV", DEMO) != DEMO:
        raise click.ClickException("APP_ENV says this is not a demo; unset it to run the demo.")
    try:
        refuse_taken_port(host, port)
    except PortTakenError as error:
        raise click.ClickException(f"{error} Choose another: manage.py demo --port {port + 1}") from error
    heed_signals()
    instance = instance_path()
    make_demo_keys(instance)
    remove_demo(instance, always=reset)
    password = load(instance, seed)
    run(host, port, password)


def remove_demo(instance: Path, always: bool) -> None:
    """Remove a demo's database, uploads and mails: when asked to, or when its loading was interrupted."""
    path = embedded_file(Settings.from_environment(environment()).database_url)
    if path is None:
        if always:
            raise click.ClickException("--reset removes the embedded database only; DATABASE_URL names a server's.")
        return
    if not path.exists() or not (always or is_unfinished(instance)):
        return
    if not (is_marked_demo(path) or is_unfinished(instance)):
        raise click.ClickException(f"{path} was not made by the demo, so the demo does not remove it.")
    for file in (*files_of(path), *files_of(instance / "jobs.db")):
        file.unlink(missing_ok=True)
    for folder in ("uploads", "mail"):
        shutil.rmtree(instance / folder, ignore_errors=True)
    unfinished(instance).unlink(missing_ok=True)
    (demo_keys(instance) / "DEMO_PASSWORD").unlink(missing_ok=True)


def files_of(database: Path) -> list[Path]:
    """An embedded database and what SQLite keeps beside it."""
    return [database.with_name(f"{database.name}{ending}") for ending in ("", "-wal", "-shm")]


def unfinished(instance: Path) -> Path:
    """A file that is there while the network is being loaded."""
    return demo_keys(instance) / UNFINISHED


def is_unfinished(instance: Path) -> bool:
    return unfinished(instance).exists()


def load(instance: Path, seed: int) -> str:
    """The newest schema, and the network when the database is new. Returns the accounts' password."""
    path = embedded_file(Settings.from_environment(environment()).database_url)
    if path and path.exists() and not is_marked_demo(path):
        raise click.ClickException(f"{path} was not made by the demo: move it away, or set INSTANCE_PATH.")
    password = keep_password(instance)
    if not (path and path.exists()):
        unfinished(instance).touch()
    with application():
        click.echo("Bringing the database up to date", err=True)
        flask_migrate.upgrade(MIGRATIONS)
        if db.session.scalars(select(PlatformMark).where(PlatformMark.name == DEMO)).first() is None:
            click.echo("Loading the demo network", err=True)
            db.session.add(PlatformMark(name=DEMO, value=str(seed)))
            db.session.commit()
            db.session.remove()
            network.load(seed)
    unfinished(instance).unlink(missing_ok=True)
    return password


def keep_password(instance: Path) -> str:
    """The accounts' password: what the environment says, or one made up once. `portal.demo.load` reads the same."""
    path = demo_keys(instance) / "DEMO_PASSWORD"
    if not path.exists():
        path.touch(mode=0o600)
        made_up = f"ayni-{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}"
        path.write_text(os.environ.get("DEMO_PASSWORD") or made_up, encoding="utf-8")
    password = path.read_text(encoding="utf-8")
    if os.environ.get("DEMO_PASSWORD", password) != password:
        click.echo("DEMO_PASSWORD counts for a new database only: run the demo with --reset.", err=True)
    os.environ["DEMO_PASSWORD"] = password
    return password


def run(host: str, port: int, password: str) -> None:
    """The portal and its worker, until Ctrl-C or until one of them ends."""
    environ = prepare(host, port)
    everywhere = not host.strip("0.:")  # 0.0.0.0 or ::
    address = f"http://{'127.0.0.1' if everywhere else host}:{port}"
    with Processes(environ) as processes:
        processes.start("portal", web_command(host, port), figures(environ, port))
        processes.start("worker", worker_command("--beat"))
        processes.wait_until_answers(f"{address}/health")
        click.echo(welcome(address, password))
        processes.wait()


def welcome(address: str, password: str) -> str:
    """What to open, and as whom."""
    accounts = "\n".join(f"  {account}" for account in ACCOUNTS)
    return f"\nAyni is at {address}\n\n{accounts}\n  password of each: {password}\n\nCtrl-C ends it.\n"
