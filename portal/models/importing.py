"""A file of families or providers on its way in."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UTCDateTime
from portal.crypto import Encrypted
from portal.extensions import db
from portal.tenancy import TenantScoped, belongs, in_tenant


class ImportFile(TenantScoped, db.Model):
    """What was sent: its bytes wait here, sealed, until somebody confirms or abandons them or time runs out.

    Then only the row stays: who, when, and how many were made.
    """

    __tablename__ = "import_file"
    __table_args__ = in_tenant(
        belongs("added_by_id", "membership", "user_id"), belongs("caseworker_id", "membership", "user_id"),
        Index("ix_import_file_status", "tenant_id", "status", "until"),
    )

    kind: Mapped[str] = mapped_column(String(12))  # families | providers
    status: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting | done | abandoned | expired
    name_sealed: Mapped[str | None] = mapped_column(Text)
    name = Encrypted("name_sealed")  # as the person's device called it
    content_sealed: Mapped[str | None] = mapped_column(Text)
    content = Encrypted("content_sealed")  # packed: `keep` and `data`
    size: Mapped[int]  # bytes, as they were sent
    caseworker_id: Mapped[UUID | None]  # who answers for the families that are made
    counts: Mapped[dict[str, int]] = mapped_column(JSON)  # made, changed, alone, bad
    added_by_id: Mapped[UUID]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    until: Mapped[datetime] = mapped_column(UTCDateTime)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"status": "waiting", "counts": {}, **values})

    def keep(self, data: bytes) -> None:
        """Seal the bytes of the file."""
        self.size = len(data)
        self.content = base64.b64encode(zlib.compress(data, 1)).decode()

    def data(self) -> bytes:
        """The bytes again; b"" once they are gone."""
        return zlib.decompress(base64.b64decode(self.content)) if self.content else b""
