"""Is what was restored the installation that was backed up? Asked through the portal itself, with this place's keys."""

from __future__ import annotations

from sqlalchemy import select

from portal import audit, crypto, tenancy
from portal.audit import AuditHead
from portal.backups.faults import BackupError
from portal.backups.manifest import Manifest
from portal.crypto import SealBrokenError, TenantKey
from portal.extensions import db
from portal.models import Document, Tenant
from portal.services import documents


def prove(manifest: Manifest) -> None:
    """Raise BackupError for keys that do not fit, a trail that does not hold, or an upload that is not there."""
    tenants = {tenant.id: tenant.slug for tenant in db.session.scalars(select(Tenant))}
    db.session.remove()
    for tenant, slug in tenants.items():
        with tenancy.acting_for(tenant):
            _keys(slug)
            _trail(slug, manifest.heads.get(str(tenant)))
            _uploads(slug, set(manifest.missing))


def _keys(slug: str) -> None:
    for purpose in set(db.session.scalars(select(TenantKey.purpose))):
        try:
            crypto.keyring.key(purpose)
        except SealBrokenError as error:
            raise BackupError(f"{slug}: its keys do not open ({error}): give the MASTER_KEYS of the backup") from None


def _trail(slug: str, head: tuple[int, str] | None) -> None:
    count, fault = audit.verify()
    if fault is not None:
        why = f"entry {fault.number} of the trail does not hold ({fault.why})"
        raise BackupError(f"{slug}: {why}; is AUDIT_KEY the one of the backup?")
    last = db.session.scalars(select(AuditHead)).one_or_none()
    if (last and (last.number, last.hash)) != head:
        raise BackupError(f"{slug}: the trail ends at entry {count}, and not where it did")


def _uploads(slug: str, missing: set[str]) -> None:
    for document in db.session.scalars(select(Document).execution_options(yield_per=1000)):
        if not documents.path(document).is_file() and f"{document.tenant_id}/{document.id}" not in missing:
            raise BackupError(f"{slug}: the file of document {document.id} is not in the backup")
