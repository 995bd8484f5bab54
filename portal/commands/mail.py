"""`manage.py mail`: the mails of a portal that has no mail server (a demo, a test)."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import click

from portal.commands.installation import environment
from portal.config import Settings


@click.command()
@click.argument("number", required=False, type=click.IntRange(1))
def mail(number: int | None) -> None:
    """List the mails in the mail folder, newest first, or show mail NUMBER of that list."""
    folder = Settings.from_environment(environment()).mail_folder
    if folder is None:
        raise click.ClickException("SMTP_URL is set: mails leave by the mail server, none stays here.")
    found = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    if number is None:
        for place, path in enumerate(found, start=1):
            message = read(path)
            click.echo(f"{place:3d}  {message['date']}  {message['to']}  {message['subject']}")
    elif number > len(found):
        raise click.UsageError(f"there are {len(found)} mails in {folder}")
    else:
        click.echo(text(read(found[number - 1])))


def read(path: Path) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())


def text(message: EmailMessage) -> str:
    """The headers a reader wants, and the plain body."""
    body = message.get_body(("plain", "html"))
    lines = [f"{name}: {message[name]}" for name in ("Date", "From", "To", "Subject")]
    return "\n".join([*lines, "", body.get_content() if body else ""])
