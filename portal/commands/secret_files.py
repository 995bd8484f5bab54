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
        "TLS_CERTIFICATE": certificate,
        "TLS_KEY": key,
    }


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
