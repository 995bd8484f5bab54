"""`manage.py import families` and `import providers`: a file in, with a report per row and column."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.exc import IntegrityError

from portal import audit, wording
from portal.commands.installation import application
from portal.commands.tenants import each_tenant
from portal.errors import PortalError
from portal.extensions import db
from portal.forms.columns import spoken
from portal.policy import SYSTEM, Actor, Role
from portal.queries import imports as known
from portal.services import imports
from portal.services.imports.plan import Plan
from portal.services.imports.sheet import MOST_BYTES
from portal.tenancy import current

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def importing() -> None:
    """Bring families or providers in from a CSV or XLSX file.

    What is wrong is listed on stderr as FILE:LINE column. With a bad row nothing is imported, unless --only-good says
    so; the exit status is 1 in both cases.
    """


def _options(command: click.Command) -> click.Command:
    for option in (
        click.option("--only-good", is_flag=True, help="Import the good rows although others are bad."),
        click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing."),
        click.option("--tenant", required=True, help="The slug of the NGO."),
        click.argument("file", type=FILE),
    ):
        command = option(command)
    return command


@importing.command()
@_options
@click.option("--caseworker", help="Mail of the caseworker who answers for new families (who has the fewest cases).")
def families(file: Path, tenant: str, dry_run: bool, only_good: bool, caseworker: str | None) -> None:
    """Families, a row a child: each becomes a draft."""
    with application(), closing(each_tenant(tenant)) as chosen:
        next(chosen)
        worker = _worker(caseworker)
        if not dry_run:
            click.echo(f"{worker.name} ({worker.email}) lleva las familias nuevas", err=True)
        _import(_actor(worker.id), "families", file, (dry_run, only_good))


@importing.command()
@_options
def providers(file: Path, tenant: str, dry_run: bool, only_good: bool) -> None:
    """Providers, a row each: they come as applicants, whatever the file says of their vetting."""
    with application(), closing(each_tenant(tenant)) as chosen:
        next(chosen)
        _import(_actor(None), "providers", file, (dry_run, only_good))


def _actor(worker: UUID | None) -> Actor:
    """The command line itself: in the trail it is the system; consents are recorded by who answers for the family."""
    return Actor(worker, SYSTEM.name, frozenset({Role.SYSTEM}), current())


def _worker(mail: str | None) -> known.Worker:
    """Who answers for the families: the one named, or the caseworker with the fewest open cases."""
    found = [one for one in known.workers() if mail is None or one.email == mail.casefold()]
    if not found and mail is not None:
        mails = ", ".join(one.email for one in known.workers()) or "none"
        raise click.UsageError(f"no active caseworker {mail!r}; there are: {mails}")
    if not found:
        raise click.ClickException("The NGO has no active caseworker who could answer for the families.")
    return found[0]


def _import(actor: Actor, kind: str, file: Path, how: tuple[bool, bool]) -> None:
    dry_run, only_good = how
    plan = imports.examine(actor, spoken(kind), _bytes(file))
    _report(file, plan)
    will_write = not dry_run and (not plan.bad or only_good)
    if will_write:
        _write(actor, plan, only_good)
    verb = "Importado" if will_write else "Sin escribir nada" if dry_run else "No se importó nada"
    click.echo(f"{verb}. {wording.told(kind, plan.counts())}")
    if plan.bad and not will_write and not dry_run:
        click.echo("Corrija las filas, o use --only-good para importar las demás.", err=True)
    if plan.bad:
        raise SystemExit(1)


def _bytes(file: Path) -> bytes:
    """The file, no more of it than is needed to know that it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def _report(file: Path, plan: Plan) -> None:
    for one in (*plan.faults, *plan.notices):
        place = f"{file.name}:{one.line}{f' {one.column}' if one.column else ''}"
        click.echo(f"{place}: {wording.problem(one.code, dict(one.values))}", err=True)


def _write(actor: Actor, plan: Plan, only_good: bool) -> None:
    """All of it in one transaction, with its line in the trail."""
    try:
        imports.carry_out(actor, plan, actor.id, only_good)
        audit.record("import", "import_file", reason=wording.told(plan.kind, plan.counts()))
        db.session.commit()
    except (PortalError, IntegrityError) as error:
        db.session.rollback()
        raise click.ClickException("Algo cambió mientras se importaba y no se escribió nada. Repítalo.") from error
