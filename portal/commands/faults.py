"""What stands in the way of a command, as a person reads it: one line on stderr and exit status 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def in_one_line(*faults: type[Exception]) -> Iterator[None]:
    """Around a command, or as its decorator: tell these faults, and files that cannot be read or written, so."""
    try:
        yield
    except faults as error:
        raise click.ClickException(" ".join(str(error).split())) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error


def unusable(rows: int) -> None:
    """Exit status 1 where rows of a file were bad: they were named when they were read."""
    if rows:
        click.echo(f"{rows} rows could not be used", err=True)
        sys.exit(1)
