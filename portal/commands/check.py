"""`manage.py check`: everything that can be said about the code without running the portal, and its tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from portal.commands.installation import new_secrets
from portal.config import ROOT

PYTHON = sys.executable
MANAGE = (PYTHON, str(ROOT / "manage.py"))


@dataclass(frozen=True)
class Check:
    """Commands that must all succeed, and what they see besides the environment of this process."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def checks(scratch: Path) -> list[Check]:
    """The checks, quickest first. `scratch` takes the database of the migrations."""
    installation = {"APP_ENV": "check", "INSTANCE_PATH": str(scratch), "DATABASE_URL": "", **new_secrets()}
    steps = (("upgrade",), ("check",), ("downgrade", "base"), ("upgrade",))
    return [
        Check("lint", ((PYTHON, "-m", "ruff", "check", "."),)),
        Check("import contracts", ((tool("lint-imports"),),)),
        Check("sizes", ((PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_size.py"),)),
        Check("translations", ((*MANAGE, "translations", "check"),)),
        Check("security", ((PYTHON, "-m", "bandit", "-q", "-ll", "-r", "portal", "ml", "manage.py"),)),
        Check("migrations", tuple((*MANAGE, "db", *step) for step in steps), installation),
        Check("types", ((PYTHON, "-m", "mypy"),)),
    ]


def tool(name: str) -> str:
    """The full path of a program of the environment."""
    return shutil.which(name, path=str(Path(PYTHON).parent)) or name


def run(check: Check) -> str | None:
    """None when every command succeeds, else what the first that failed has said."""
    for command in check.commands:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **check.environment}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode:
            return done.stdout
    return None


@click.command()
@click.option("--no-tests", is_flag=True, help="Leave the test suite out.")
def check(no_tests: bool) -> None:
    """Lint, import contracts, sizes, translations, security, migrations without drift, types, tests."""
    tests = [] if no_tests else [Check("tests", ((*MANAGE, "test", "--", "-q"),))]
    with tempfile.TemporaryDirectory() as scratch:
        failed = [one.name for one in [*checks(Path(scratch)), *tests] if not report(one)]
    if failed:
        raise click.ClickException(f"failed: {', '.join(failed)}")


def report(one: Check) -> bool:
    """Run a check and print its line. Returns whether it passed."""
    started = time.monotonic()
    said = run(one)
    verdict = "ok" if said is None else "FAILED"
    click.echo(f"{verdict:<7} {one.name:<18} {time.monotonic() - started:6.1f} s")
    if said:
        click.echo(said)
    return said is None
