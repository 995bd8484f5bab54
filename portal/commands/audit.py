"""`manage.py audit`: is the trail what was written?"""

from __future__ import annotations

import click

from portal import audit as trail
from portal.commands.installation import application
from portal.commands.tenants import each_tenant


@click.group()
def audit() -> None:
    """Verify the audit trail."""


@audit.command()
@click.option("--tenant", help="The slug of one NGO (all of them).")
def verify(tenant: str | None) -> None:
    """Walk each NGO's chain of entries; fail at the first that is missing, moved or changed, and say where."""
    broken = 0
    with application():
        for slug in each_tenant(tenant):
            count, fault = trail.verify()
            if fault is None:
                click.echo(f"{slug}: {count} entries hold")
            else:
                broken += 1
                click.echo(f"{slug}: entry {fault.number} does not hold ({fault.why}); {count} before it do", err=True)
    if broken:
        raise SystemExit(1)
