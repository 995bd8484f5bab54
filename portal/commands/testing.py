"""`manage.py test`: the whole test suite."""

from __future__ import annotations

import subprocess
import sys

import click

from portal.commands import translations
from portal.config import ROOT

USAGE = 4  # pytest's exit status for wrong usage


def run_tests(arguments: tuple[str, ...]) -> int:
    """Run pytest in the project. Returns 0 when all passed, 2 for wrong usage, else 1."""
    translations.compile_all()
    spread = () if any(one.startswith(("-n", "--numprocesses", "--pdb")) for one in arguments) else ("-n", "2")
    done = subprocess.run([sys.executable, "-m", "pytest", *spread, *arguments], cwd=ROOT)
    return {0: 0, USAGE: 2}.get(done.returncode, 1)


@click.command()
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def test(pytest_args: tuple[str, ...]) -> None:
    """Run the whole test suite, or what PYTEST_ARGS (after `--`) choose of it."""
    sys.exit(run_tests(pytest_args))
