"""Secrets as files in one folder: how containers are given them, and what the services beside the portal share."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal import clock
from portal.config import SettingsError

VALID = timedelta(days=397)  # what browsers accept at most
READABLE = 0o444  # a container gets single files of the folder, under an account that has no name outside it
CLOSED = 0o700

ALERTS = """
# Who is told of an alert, and how. Put your mail server and people here; a page repeats each hour until it ends.
global:
  smtp_smarthost: mail.{host}:587
  smtp_from: no-responder@{host}
  smtp_auth_username: no-responder@{host}
  smtp_auth_password: change-me
route:
  receiver: ticket
  group_by: [alertname]
  repeat_interval: 24h
  routes:
    - matchers: ['severity="page"']
      receiver: page
      repeat_interval: 1h
receivers:
  - name: page
    email_configs: [{{to: 'guard@{host}', send_resolved: true}}]
    # A telephone rings sooner: webhook_configs: [{{url: 'https://address-of-your-pager'}}]
  - name: ticket
    email_configs: [{{to: 'operations@{host}'}}]
"""


def write(folder: Path, values: Mapping[str, str]) -> None:
    """A file for each name, in a folder that opens for its owner alone.

    Raises SettingsError when one of them is there already, and then writes none: a master key cannot be made again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(CLOSED)
    there = sorted(name for name in values if (folder / name).exists())
    if there:
        raise SettingsError(f"{folder} holds {', '.join(there)} already; secrets are made once.")
    for name, value in values.items():
        path = folder / name
        path.write_text(value + "\n", encoding="utf-8")
        path.chmod(READABLE)


def network(host: str) -> dict[str, str]:
    """What the services of `docker/compose.yaml` share: passwords, the addresses that hold them, a certificate."""
    names = ("DATABASE_ROOT_PASSWORD", "DATABASE_OWNER_PASSWORD", "DATABASE_APP_PASSWORD", "GRAFANA_PASSWORD",
             "METRICS_TOKEN", "BACKUP_PASSPHRASE")
    made = {name: secrets.token_urlsafe(32) for name in names}
    queue = secrets.token_urlsafe(32)
    certificate, key = self_signed(host)
    return {
        **made,
        "DATABASE_URL": _database("ayni_app", made["DATABASE_APP_PASSWORD"]),
        "DATABASE_OWNER_URL": _database("ayni_owner", made["DATABASE_OWNER_PASSWORD"]),
        "QUEUE_URL": f"redis://:{queue}@queue:6379/0",
        "QUEUE_CONFIG": f"requirepass {queue}",
        "SMTP_URL": "",  # mails are files until there is a server
        "ALERTMANAGER_CONFIG": ALERTS.format(host=host).strip(),
        "TLS_CERTIFICATE": certificate,
        "TLS_KEY": key,
    }


def settings(host: str) -> str:
    """`docker/.env`: what every `docker compose` command takes from there, and so never takes otherwise by mistake."""
    lines = (
        "# What `docker compose` puts into docker/compose.yaml. A variable of the shell with such a name goes first.",
        "# The name under which people reach the portal:", f"AYNI_HOST={host}",
        "# The images' version; an upgrade changes it (OPERATIONS.md):", "AYNI_VERSION=first",
        "# Public age keys that can open a backup, with commas; without one BACKUP_PASSPHRASE does:",
        "AYNI_BACKUP_RECIPIENTS=",
    )
    return "\n".join(lines) + "\n"


def write_settings(folder: Path, host: str) -> Path:
    """Put `settings` beside the folder of the secrets, once: one that is there is somebody's, and stays."""
    path = folder.resolve().parent / ".env"
    if not path.exists():
        path.write_text(settings(host), encoding="utf-8")
    return path


def _database(role: str, password: str) -> str:
    return f"postgresql+psycopg://{role}:{password}@database:5432/ayni"


def self_signed(host: str) -> tuple[str, str]:
    """(certificate, key), both PEM, for a host: enough to begin with, until an authority's takes their place."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + VALID)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()
