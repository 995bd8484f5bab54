"""A DNI as people copy it from the card."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.models import dni


class DniMixin:
    """A DNI with or without its check character."""

    def validate_dni(self, field: Any) -> None:
        if field.data and dni.split(field.data) is None:
            raise ValidationError(_l("El DNI tiene 8 cifras; puede añadir el dígito verificador: 12345678-9."))

    @property
    def has_doubtful_dni(self) -> bool:
        """Does the check character not belong to the number? Worth a warning, no more."""
        return bool(self.dni.data) and dni.is_doubtful(self.dni.data)

    def _without_check(self, values: dict[str, Any]) -> dict[str, Any]:
        found = dni.split(values.get("dni") or "")
        return {**values, "dni": found[0]} if found else values
