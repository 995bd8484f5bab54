"""Typed settings, read once from the environment.

A default is valid in production and public; a secret has no default. `Settings.from_environment`
refuses to make settings for production when a secret is missing, short or the demo's own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = str(ROOT / "migrations")
CONNECT_SECONDS, POOL_SECONDS = 5, 10  # how long a request waits for a server that does not answer
SHORTEST_SECRET = 32  # characters: 128 bits even if the secret is written in hexadecimal
SECRETS = ("SECRET_KEY", "PASSWORD_SALT", "AUDIT_KEY", "MASTER_KEYS")


class SettingsError(RuntimeError):
    """A setting is missing or unsafe; the message says which one and how to give it."""


def instance_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the embedded database, keys, uploads and mails."""
    return Path(environment.get("INSTANCE_PATH") or ROOT / "instance").resolve()


def backup_passphrase(environment: Mapping[str, str] = os.environ) -> str:
    """What opens a backup that is sealed by a passphrase. Asked for where nothing else of an installation may be."""
    return _secret(environment, "BACKUP_PASSPHRASE")


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations. Times in minutes or hours as named, sizes in bytes."""

    env: str
    instance: Path
    database_url: str
    owner_database_url: str
    secret_key: str
    password_salt: str
    audit_key: str
    master_keys: str  # "id:base64,id:base64", newest first
    public_base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    idle_minutes: int = 30
    absolute_hours: int = 12
    upload_bytes: int = 10 * 1024 * 1024
    request_bytes: int = 14 * 1024 * 1024  # a file of `upload_bytes` in base64 fits
    mail_folder: Path | None = None
    mail_sender: str = "no-responder@ayni.example"
    smtp_url: str = ""
    tile_url: str = ""
    queue_url: str = ""  # redis://… for a network; without it the queue is a file in the instance folder
    secure_cookies: bool = True
    redis_url: str = ""  # where counts are shared by several web processes; without it each counts by itself
    api_rate: str = "300 per minute"  # requests of one token
    proxy_hops: int = 0
    webhook_local: bool = False  # webhooks may go to this machine, over http too: for a demo and for tests
    metrics_token: str = ""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    backup_folder: Path | None = None
    backup_recipients: str = ""  # public age or SSH keys, comma-separated: who can open a backup
    backup_passphrase: str = ""  # what opens it where there are none
    testing: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings of this process; raises SettingsError naming each missing or weak secret, and what is no number."""
        env = environment.get("APP_ENV", "production")
        instance = instance_path(environment)
        secrets = _secrets(environment)
        database = _secret(environment, "DATABASE_URL") or f"sqlite:///{instance / 'ayni.db'}"
        return cls(
            env=env,
            instance=instance,
            database_url=database,
            owner_database_url=_secret(environment, "DATABASE_OWNER_URL") or database,
            secret_key=secrets["SECRET_KEY"],
            password_salt=secrets["PASSWORD_SALT"],
            audit_key=secrets["AUDIT_KEY"],
            master_keys=secrets["MASTER_KEYS"],
            queue_url=queue_url(environment),
            smtp_url=_secret(environment, "SMTP_URL"),
            redis_url=_secret(environment, "REDIS_URL"),
            **_optional(environment, instance),
        )

    def flask(self) -> dict[str, object]:
        """The same settings under the names Flask and its extensions expect."""
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SECURITY_PASSWORD_SALT": self.password_salt,
            "TESTING": self.testing,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine(),
            "MAX_CONTENT_LENGTH": self.request_bytes,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "MAX_FORM_PARTS": 2000,
            "SESSION_COOKIE_NAME": "__Host-ayni" if self.secure_cookies else "ayni",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "BABEL_DEFAULT_LOCALE": "es_PE",
            "BABEL_DEFAULT_TIMEZONE": "America/Lima",
            "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
            "WTF_CSRF_CHECK_DEFAULT": False,  # the guard checks, after the tenant is known
            **self.extra,
        }

    def _engine(self) -> dict[str, object]:
        """A connection is tried before it is lent out: after a restart of the server the portal recovers by itself."""
        if self.database_url.startswith("sqlite"):
            return {"hide_parameters": True}
        waits = {"connect_timeout": CONNECT_SECONDS}
        return {"hide_parameters": True, "pool_pre_ping": True, "pool_timeout": POOL_SECONDS, "connect_args": waits}


def _secrets(environment: Mapping[str, str]) -> dict[str, str]:
    values = {name: _secret(environment, name) for name in SECRETS}
    weak = [name for name, value in values.items() if len(value) < SHORTEST_SECRET]
    if weak:
        raise SettingsError(
            f"{', '.join(weak)} missing or shorter than {SHORTEST_SECRET} characters. "
            "Give each as an environment variable, or as a file named by NAME_FILE "
            "(for example `python3 manage.py keys new` prints a fresh set)."
        )
    return values


def _secret(environment: Mapping[str, str], name: str) -> str:
    """What NAME_FILE holds, else NAME, else "". An address is one too: it may hold a password."""
    path = environment.get(f"{name}_FILE")
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else environment.get(name, "")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: {path} cannot be read ({type(error).__name__}).") from None


def _metrics_token(environment: Mapping[str, str]) -> str:
    """Who bears it may read the figures; "" where nobody may."""
    token = _secret(environment, "METRICS_TOKEN")
    if token and len(token) < SHORTEST_SECRET:
        raise SettingsError(f"METRICS_TOKEN is shorter than {SHORTEST_SECRET} characters.")
    return token


def _webhook_local(environment: Mapping[str, str]) -> bool:
    """May webhooks go to this machine? Never in production: what listens there is not for NGOs."""
    asked = environment.get("WEBHOOK_LOCAL") == "1"
    if asked and environment.get("APP_ENV", "production") == "production":
        raise SettingsError("WEBHOOK_LOCAL is for a demo and for tests; unset it in production.")
    return asked


def queue_url(environment: Mapping[str, str]) -> str:
    """QUEUE_URL, or what the file named by QUEUE_URL_FILE says: it may hold a password. Raises SettingsError."""
    url = _secret(environment, "QUEUE_URL")
    if url and not url.startswith(("redis://", "rediss://")):
        raise SettingsError("QUEUE_URL must begin with redis:// or rediss://.")
    return url


def _optional(environment: Mapping[str, str], instance: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, kind in (
        ("public_base_url", str), ("mail_sender", str), ("tile_url", str), ("backup_recipients", str),
        ("api_rate", str),
        ("idle_minutes", int), ("absolute_hours", int), ("upload_bytes", int), ("request_bytes", int),
        ("proxy_hops", int), ("metrics_host", str), ("metrics_port", int), ("backup_folder", Path),
    ):
        if environment.get(name.upper()):
            found[name] = _typed(name.upper(), kind, environment[name.upper()])
    found["metrics_token"] = _metrics_token(environment)
    if environment.get("TRUSTED_HOSTS"):
        found["trusted_hosts"] = tuple(host.strip() for host in environment["TRUSTED_HOSTS"].split(","))
    if environment.get("INSECURE_COOKIES") == "1":  # plain http on one's own machine
        found["secure_cookies"] = False
    found["webhook_local"] = _webhook_local(environment)
    found["backup_passphrase"] = backup_passphrase(environment)
    if not _secret(environment, "SMTP_URL"):
        found["mail_folder"] = instance / "mail"
    return found


def _typed(name: str, kind: type, value: str) -> object:
    try:
        return kind(value)
    except ValueError:
        raise SettingsError(f"{name} is {value!r}; a whole number is expected.") from None
