"""`manage.py serve`, `worker` and `beat`: the processes of an installation, each alone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NoReturn

import click

from portal.commands import translations
from portal.commands.installation import environment, refuse_demo_in_production
from portal.config import ROOT, Settings, instance_path
from portal.events import QUEUES
from portal.watching import folder

GUNICORN = ("--config", "python:portal.commands.web_process")


def web_command(host: str, port: int) -> list[str]:
    """What starts the portal: gunicorn, or Flask's own threaded server where gunicorn cannot run (Windows)."""
    if os.name == "nt":
        return [sys.executable, "-m", "flask", "--app", "portal", "run", "--host", host, "--port", str(port)]
    return [sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", f"{host}:{port}", "portal:create_app()"]


def worker_command(*options: str) -> list[str]:
    """What starts the background worker: `portal.jobs` knows its queue and its options."""
    return [sys.executable, "-m", "portal.jobs", *options]


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


def known_queues(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Queues are named as they are, and only where there is a network to choose from."""
    unknown = set((value or QUEUES[0]).split(",")) - set(QUEUES)
    if unknown:
        raise click.BadParameter(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(QUEUES)}")
    return value


@click.command()
@click.option("--queues", callback=known_queues, metavar="NAMES",
              help=f"Which queues it takes from, with commas between: {', '.join(QUEUES)} (all).")
@click.option("--processes", type=click.IntRange(1), help="How many jobs it does at a time (1).")
@click.option("--beat", is_flag=True, help="Also keep the schedule.")
def worker(queues: str | None, processes: int | None, beat: bool) -> None:
    """Start the background worker alone.

    With QUEUE_URL any number of workers share the queues. Without it one worker does everything, and the options
    mean nothing.
    """
    environ = prepare()
    settings = Settings.from_environment(environ)
    if (queues or processes) and not settings.queue_url:
        raise click.UsageError("without QUEUE_URL one worker does everything, one job at a time")
    if settings.queue_url:  # each job is done in a process of its own
        environ |= folder.environment(instance_path(environ), f"worker-{settings.metrics_port}")
    options = [*(("--queues", queues) if queues else ()), *(("--processes", str(processes)) if processes else ())]
    become(worker_command(*options, *(("--beat",) if beat else ())), environ)


@click.command()
def beat() -> None:
    """Keep the schedule alone: send periodic work to the workers. Two of them do nothing twice."""
    environ = prepare()
    if not Settings.from_environment(environ).queue_url:
        raise click.UsageError("without QUEUE_URL the worker keeps the schedule itself")
    become(worker_command("--only-beat"), environ)
