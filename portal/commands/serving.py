"""`manage.py serve` and `worker`: the two processes of an installation, each alone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NoReturn

import click

from portal.commands import translations
from portal.commands.installation import environment, refuse_demo_in_production
from portal.config import ROOT, Settings, instance_path
from portal.watching import folder

GUNICORN = ("--config", "python:portal.commands.web_process")


def web_command(host: str, port: int) -> list[str]:
    """What starts the portal: gunicorn, or Flask's own threaded server where gunicorn cannot run (Windows)."""
    if os.name == "nt":
        return [sys.executable, "-m", "flask", "--app", "portal", "run", "--host", host, "--port", str(port)]
    return [sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", f"{host}:{port}", "portal:create_app()"]


def worker_command() -> list[str]:
    """What starts the background worker: `portal.jobs` knows its queue."""
    return [sys.executable, "-m", "portal.jobs"]


def prepare(host: str = "127.0.0.1", port: int = 8000) -> dict[str, str]:
    """The environment of a process of this installation. Raises SettingsError when it is not fit to start."""
    found = environment(host, port)
    refuse_demo_in_production(Settings.from_environment(found))
    translations.compile_all()
    return {**found, "PYTHONPATH": str(ROOT)}


def figures(environ: dict[str, str], port: int) -> dict[str, str]:
    """The environment of a web server whose processes add up their figures in one folder."""
    return {**environ, **folder.environment(instance_path(environ), f"web-{port}")}


def become(command: list[str], environ: dict[str, str]) -> NoReturn:
    """Run the command in place of this process, so that signals and the exit status are its own."""
    os.chdir(ROOT)
    if os.name != "nt":
        os.execve(command[0], command, environ)
    sys.exit(subprocess.run(command, env=environ).returncode)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Start the portal alone (the worker is another process)."""
    become(web_command(host, port), figures(prepare(host, port), port))


@click.command()
def worker() -> None:
    """Start the background worker alone."""
    become(worker_command(), prepare())
