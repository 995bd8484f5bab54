"""Encryption of sensitive fields and files, and the blind index that finds an encrypted value again.

AES-256-GCM. Each sealed value is bound to (tenant, table, column, row): moved to another row it does not open. Each
tenant has its own data keys, wrapped by a master key that never enters the database; every sealed value names its key,
so that keys can be rotated. Equality search uses HMAC-SHA256 under a key of the tenant that serves nothing else.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import String, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.config import SettingsError
from portal.extensions import db
from portal.tenancy import TenantScoped, current, in_tenant, take_turns

NONCE = 12  # bytes, the size AES-GCM is specified for
KEY = 32  # bytes
Keys = dict[tuple[UUID, str], dict[int, bytes]]  # (tenant, purpose) → number → key


class SealBrokenError(RuntimeError):
    """A sealed value does not open: it was changed, moved to another row, or its key is gone."""


class TenantKey(TenantScoped, db.Model):
    """One data key (`purpose` data) or index key (`purpose` index) of a tenant, wrapped by a master key."""

    __tablename__ = "tenant_key"
    __table_args__ = in_tenant(UniqueConstraint("tenant_id", "purpose", "number"))

    purpose: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    master: Mapped[str] = mapped_column(String(32))
    wrapped: Mapped[str] = mapped_column(String(128))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


@dataclass(frozen=True)
class Place:
    """Where a sealed value lives; it opens nowhere else."""

    tenant: UUID
    table: str
    column: str
    row: UUID

    def bound(self) -> bytes:
        return f"{self.tenant}|{self.table}|{self.column}|{self.row}".encode()


class Keyring:
    """The master keys of this process and the tenants' keys opened so far.

    A key that is made waits in its session until the commit: nobody else seals under a key that may never be kept.
    """

    def __init__(self) -> None:
        self._masters: dict[str, bytes] = {}
        self._opened: Keys = {}

    def load(self, master_keys: str) -> None:
        """Take the master keys, "id:base64,id:base64", newest first. Raises ValueError when one is not 32 bytes."""
        self.__init__()
        for part in filter(None, master_keys.split(",")):
            name, _, encoded = part.strip().partition(":")
            key = base64.urlsafe_b64decode(encoded)
            if len(key) != KEY:
                raise ValueError(f"master key {name!r} has {len(key)} bytes, {KEY} are needed")
            self._masters[name] = key

    def key(self, purpose: str, number: int | None = None) -> tuple[int, bytes]:
        """The tenant's key of that number, or its newest; the first use makes it."""
        known = self._known(purpose)
        if not known or number not in (None, *known):
            known = self._read(purpose)
        if not known and number is None:
            take_turns(db.session)
            known = self._read(purpose)
        if not known and number is None:
            self.add(purpose)
            known = self._known(purpose)
        number = number or max(known)
        if number not in known:
            raise SealBrokenError(f"key {number} is gone")
        return number, known[number]

    def add(self, purpose: str) -> int:
        """Make the tenant's next key, wrapped by the newest master key. Returns its number."""
        take_turns(db.session)
        number = max(self._read(purpose), default=0) + 1
        row, key = self.fresh(current(), purpose, number)
        db.session.add(TenantKey(**row))  # written with the next flush: one here would write rows only half made
        _made(db.session).setdefault((current(), purpose), {})[number] = key
        return number

    def fresh(self, tenant: UUID, purpose: str, number: int) -> tuple[dict[str, Any], bytes]:
        """A new key of a tenant: what its row holds, wrapped by the newest master key, and the key itself."""
        master, key = next(iter(self._masters)), os.urandom(KEY)
        wrapped = _seal(self._masters[master], key, f"{tenant}|{purpose}|{number}".encode())
        return {"tenant_id": tenant, "purpose": purpose, "number": number, "master": master, "wrapped": wrapped}, key

    def derive(self, purpose: str) -> bytes:
        """A key that serves this purpose alone, from the newest master key; kept nowhere, another after a rotation."""
        return HKDF(SHA256(), KEY, None, purpose.encode()).derive(next(iter(self._masters.values())))

    def rewrap(self) -> int:
        """Wrap every key of the tenant by the newest master key. Returns how many changed."""
        newest = next(iter(self._masters))
        old = [row for row in db.session.scalars(select(TenantKey)) if row.master != newest]
        for row in old:
            key = self.unwrap(row)
            row.master = newest
            row.wrapped = _seal(self._masters[newest], key, _wrap_bound(row))
        return len(old)

    def keep(self, made: Keys) -> None:
        """These keys are committed."""
        for owner, keys in made.items():
            self._opened.setdefault(owner, {}).update(keys)

    def _known(self, purpose: str) -> dict[int, bytes]:
        owner = (current(), purpose)
        opened, made = self._opened.get(owner, {}), _made(db.session).get(owner)
        return {**opened, **made} if made else opened

    def _read(self, purpose: str) -> dict[int, bytes]:
        with db.session.no_autoflush:
            rows = db.session.scalars(select(TenantKey).where(TenantKey.purpose == purpose)).all()
        made = _made(db.session).get((current(), purpose), {})
        self.keep({(current(), purpose): {row.number: self.unwrap(row) for row in rows if row.number not in made}})
        return self._known(purpose)

    def unwrap(self, row: Any) -> bytes:
        """The key of a row of `tenant_key`; raises SealBrokenError when its master key is not there or not the one."""
        if row.master not in self._masters:
            raise SealBrokenError(f"master key {row.master!r} is not among MASTER_KEYS")
        return _open(self._masters[row.master], row.wrapped, _wrap_bound(row))


def _made(session: Any) -> Keys:
    """The keys of this session that are not committed yet."""
    return session.info.setdefault("keys", {})


def _wrap_bound(row: Any) -> bytes:
    return f"{row.tenant_id}|{row.purpose}|{row.number}".encode()


def _seal(key: bytes, clear: bytes, bound: bytes) -> str:
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, clear, bound)).decode()


def _open(key: bytes, sealed: str, bound: bytes) -> bytes:
    try:
        raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], bound)
    except (InvalidTag, ValueError):  # ValueError: no base64, or too short
        raise SealBrokenError("the value was changed or moved, or the key is another") from None


keyring = Keyring()


def seal(clear: bytes, place: Place) -> str:
    """`number.base64(nonce + ciphertext + tag)` under the tenant's newest data key."""
    return seal_under(keyring.key("data"), clear, place)


def seal_under(numbered: tuple[int, bytes], clear: bytes, place: Place) -> str:
    """The same under a data key that is given, with its number."""
    number, key = numbered
    return f"{number}.{_seal(key, clear, place.bound())}"


def unseal(sealed: str, place: Place) -> bytes:
    """The bytes again; raises SealBrokenError when they do not belong to this place."""
    return unseal_with(lambda number: keyring.key("data", number)[1], sealed, place)


def unseal_with(key_of: Callable[[int], bytes], sealed: str, place: Place) -> bytes:
    """The same with data keys that are found by their number elsewhere."""
    number, _, rest = sealed.partition(".")
    if not number.isdecimal():
        raise SealBrokenError("the value does not name its key")
    return _open(key_of(int(number)), rest, place.bound())


def blind(value: str, column: str) -> str:
    """The blind index of a normalised value: equal values of one tenant and column, and only these, are equal."""
    key = keyring.key("index")[1]
    return hmac.digest(key, f"{column}|{value}".encode(), "sha256")[:16].hex()


def draft_key(person: UUID) -> bytes:
    """What seals the unsaved text of one person of the tenant on their devices: 32 bytes, for pages of theirs alone."""
    return keyring.derive(f"device draft|{current()}|{person}")


def digits(value: str) -> str:
    """A DNI or phone as it is compared: its digits, the last nine (a leading +51 does not make another phone)."""
    return "".join(character for character in value if character.isdigit())[-9:]


class Encrypted:
    """A sealed text attribute: `dni = Encrypted("dni_sealed", index="dni_index")` beside its two columns."""

    def __init__(self, column: str, index: str | None = None, normalise: Callable[[str], str] = digits) -> None:
        self.column, self.index, self.normalise = column, index, normalise

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return unseal(sealed, self.place(row)).decode() if sealed else None

    def __set__(self, row: Any, value: str | None) -> None:
        value = (value or "").strip()
        if value == (self.__get__(row, type(row)) or ""):
            return  # sealing again would look like a change in the trail
        setattr(row, self.column, seal(value.encode(), self.place(row)) if value else None)
        if self.index:
            setattr(row, self.index, self.lookup(value) if value else None)

    def place(self, row: Any) -> Place:
        return Place(row.tenant_id, row.__tablename__, self.column, row.id)

    def lookup(self, value: str) -> str | None:
        """What to compare the index column with, to find rows that hold this value."""
        plain = self.normalise(value)
        return blind(plain, self.name) if plain else None

    def reseal(self, row: Any) -> None:
        """Seal again under the newest key."""
        sealed = getattr(row, self.column)
        if sealed:
            setattr(row, self.column, seal(unseal(sealed, self.place(row)), self.place(row)))


def encrypted_attributes(cls: type) -> list[Encrypted]:
    """Every sealed attribute of a class."""
    return [value for base in cls.__mro__ for value in vars(base).values() if isinstance(value, Encrypted)]


def _keep(session: Session) -> None:
    keyring.keep(session.info.pop("keys", {}))


def _drop(session: Session) -> None:
    session.info.pop("keys", None)


def init_app(app: Any) -> None:
    """Take the master keys from the settings, and listen on every session. Listening twice is harmless.

    Raises SettingsError when MASTER_KEYS cannot be read.
    """
    try:
        keyring.load(app.config["SETTINGS"].master_keys)
    except ValueError as error:
        raise SettingsError(f"MASTER_KEYS: {error}") from None
    for name, listener in (("after_commit", _keep), ("after_rollback", _drop)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
