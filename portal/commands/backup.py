"""`manage.py backup` and `restore`: everything of an installation but its keys, in one sealed file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from portal.backups.making import make
from portal.backups.manifest import Manifest
from portal.backups.reading import read
from portal.backups.restoring import restore as put_back
from portal.backups.sealing import Key
from portal.commands.installation import environment
from portal.config import SECRETS, Settings, backup_passphrase

FILE = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(exists=True, dir_okay=False, path_type=Path)
DEFAULT = "make"
identity = click.option("--identity", type=THERE, help="The file of the private key (age-keygen, or SSH).")


@contextmanager
def one_line() -> Iterator[None]:
    """Whatever stands in the way is one line and exit status 1."""
    try:
        yield
    except (OSError, SQLAlchemyError, psycopg.Error, CommandError) as error:
        said = getattr(error, "orig", None) or error
        raise click.ClickException(next(iter(str(said).splitlines()), type(error).__name__)) from error


class Backup(click.Group):
    """`backup FILE` makes one; `backup verify FILE` reads one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple:
        return super().resolve_command(ctx, args if args[0] in self.commands else [DEFAULT, *args])


@click.group(cls=Backup)
def backup() -> None:
    """Back everything up but the keys: `backup FILE`, or read one: `backup verify FILE`.

    People may go on working. BACKUP_RECIPIENTS names the public keys that can open it (comma-separated); without them
    BACKUP_PASSPHRASE does.
    """


@backup.command(DEFAULT)
@click.argument("file", type=FILE)
def make_one(file: Path) -> None:
    """Write a backup to FILE."""
    settings = Settings.from_environment(environment())
    with one_line():
        made = make(settings, file)
    click.echo(f"{file}: {made.bytes} bytes, {told(made.manifest)}")
    warn_missing(made.manifest)
    needs = ", ".join(made.manifest.masters) or "none used yet"
    click.echo(f"Not in it, and needed to restore: {', '.join(SECRETS)} ({needs}). Keep them somewhere else.", err=True)


@backup.command()
@click.argument("file", type=THERE)
@identity
def verify(file: Path, identity: Path | None) -> None:
    """Read FILE to its end and compare every hash; restore nothing."""
    with one_line():
        found = read(file, key(identity))
    about = found.beginning
    click.echo(f"{file} holds: {about.kind}, schema {about.revision}, {about.at}, {told(found.manifest)}")
    warn_missing(found.manifest)


@click.command()
@click.argument("file", type=THERE)
@identity
def restore(file: Path, identity: Path | None) -> None:
    """Restore the backup FILE into this installation, which must be empty and have the keys of the backup."""
    settings = Settings.from_environment(environment())
    with one_line():
        found = put_back(settings, file, key(identity))
    click.echo(f"restored: {told(found.manifest)}; every hash, count and trail is as it was")
    warn_missing(found.manifest)


def key(identity: Path | None) -> Key:
    """What opens a backup, as the command line and the environment say."""
    return Key(identity, backup_passphrase())


def told(manifest: Manifest) -> str:
    """What is in it, in one line."""
    counts = {folder: sum(name.startswith(f"{folder}/") for name in manifest.files) for folder in ("uploads", "models")}
    rows, entries = sum(manifest.rows.values()), sum(number for number, _ in manifest.heads.values())
    return (
        f"{rows} rows of {len(manifest.rows)} tables, {counts['uploads']} uploads, "
        f"{counts['models']} files of versions, {entries} entries of {len(manifest.heads)} trails"
    )


def warn_missing(manifest: Manifest) -> None:
    """Say it when a row names a file that was gone already."""
    if manifest.missing:
        click.echo(f"Missing on the disk when it was made: {len(manifest.missing)} uploads, such as "
                   f"{manifest.missing[0]}", err=True)
