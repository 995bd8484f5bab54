"""The NGOs of an installation, for commands that go through them one by one."""

from __future__ import annotations

from collections.abc import Generator

import click
from sqlalchemy import select

from portal.extensions import db
from portal.models import Tenant
from portal.tenancy import acting_for


def each_tenant(slug: str | None = None) -> Generator[str, None, None]:
    """Act for each NGO in turn (or for the one named): yields its slug while it is at work."""
    found = {tenant.slug: tenant.id for tenant in db.session.scalars(select(Tenant).order_by(Tenant.slug))}
    db.session.remove()
    if slug is not None and slug not in found:
        raise click.UsageError(f"no NGO {slug!r}; there are: {', '.join(found) or 'none'}")
    for name, tenant in found.items():
        if slug in (None, name):
            with acting_for(tenant):
                yield name
