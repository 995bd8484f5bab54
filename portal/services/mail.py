"""Mails: through the mail server, or as files in a folder where there is none (a demo, a test)."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from portal import clock
from portal.config import Settings
from portal.watching import logs

log = logs.get(__name__)
TIMEOUT = 10  # seconds


def send(settings: Settings, recipient: str, subject: str, body: str) -> None:
    """Send a plain text. Raises OSError or smtplib.SMTPException when the server does not take it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_sender, recipient, subject
    message["Date"], message["Message-ID"] = formatdate(clock.now().timestamp()), make_msgid(domain="ayni.example")
    message.set_content(body)
    if settings.mail_folder is not None:
        _keep(settings.mail_folder, message)
    else:
        _post(settings.smtp_url, message)


def _keep(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}.eml"  # two of one moment are two
    path.write_bytes(message.as_bytes())
    log.info("mail_kept", file=path.name)  # read with manage.py mail


def _post(url: str, message: EmailMessage) -> None:
    server = urlsplit(url)
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with kind(server.hostname or "localhost", server.port or 0, timeout=TIMEOUT) as connection:
        if server.scheme == "smtp" and server.username:
            connection.starttls()
        if server.username:
            connection.login(server.username, server.password or "")
        connection.send_message(message)
