"""Handing out a file, to who may see it, as a download only."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from portal import audit
from portal.models import Document, Family
from portal.policy import Permission
from portal.services import documents
from portal.views.access import screen
from portal.views.base import PortalView, load

SANDBOX = "default-src 'none'; sandbox"  # whatever the file holds, it can do nothing here


class Documents(PortalView):
    """Files of providers and families."""

    @screen("/<document_id>", Permission.DOCUMENT_READ)
    def download(self, document_id: str) -> Response:
        """The file as it was given, under a name the portal made."""
        document = load(Document, document_id, Permission.DOCUMENT_READ)
        if document.family_id is not None:
            load(Family, document.family_id, Permission.FAMILY_READ)
        answer = send_file(
            BytesIO(documents.read(document)), document.media_type, as_attachment=True,
            download_name=documents.file_name(document), max_age=0,
        )
        answer.headers["Content-Security-Policy"] = SANDBOX
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "no-store"
        audit.record("download", document)
        return answer

    def is_visible(self) -> bool:
        """No line of a menu leads here."""
        return False
