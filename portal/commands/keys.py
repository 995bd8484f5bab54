"""`manage.py keys`: the encryption keys of an installation."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from portal import crypto
from portal.commands import secret_files
from portal.commands.installation import application, new_master_key, new_secrets
from portal.commands.tenants import each_tenant
from portal.extensions import db
from portal.tenancy import tenant_classes


@click.group()
def keys() -> None:
    """Make or rotate the encryption keys."""


@keys.command()
@click.option("--master", is_flag=True, help="A master key alone, to be put before the others in MASTER_KEYS.")
@click.option("--into", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
              help="Write each into a file of its own here instead.")
@click.option("--network", metavar="HOST", default="",
              help="With --into: also what the services of docker/compose.yaml share under this name, and their .env.")
def new(master: bool, into: Path | None, network: str) -> None:
    """Print a fresh set of secrets, or write it into files. Keep them outside the database."""
    if master:
        click.echo(new_master_key())
        return
    if network and into is None:
        raise click.UsageError("--network needs --into: a certificate is a file.")
    made = new_secrets() | (secret_files.network(network) if network else {})
    if into is None:
        for name, value in made.items():
            click.echo(f"{name}={value}")
        return
    secret_files.write(into, made)
    click.echo(f"{len(made)} files in {into}")
    if network:
        click.echo(f"{secret_files.write_settings(into, network)}: the host's name and the version, for docker compose")


@keys.command()
@click.option("--data", is_flag=True, help="Also give each NGO a new data key and seal every field under it.")
def rotate(data: bool) -> None:
    """Wrap every NGO's keys by the newest master key (the first of MASTER_KEYS)."""
    with application():
        for slug in each_tenant():
            wrapped = crypto.keyring.rewrap()
            sealed = reseal() if data else 0
            db.session.commit()
            click.echo(f"{slug}: {wrapped} keys wrapped anew, {sealed} rows sealed anew")


def reseal() -> int:
    """Seal every encrypted field of the tenant at work under a new data key. Returns how many rows there are."""
    crypto.keyring.add("data")
    count = 0
    for table in tenant_classes():
        attributes = crypto.encrypted_attributes(table)
        for row in db.session.scalars(select(table)) if attributes else ():
            for attribute in attributes:
                attribute.reseal(row)
            count += 1
    return count
