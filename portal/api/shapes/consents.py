"""What a family answered to each purpose over time, and how it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from portal.api.shapes.families import PURPOSES
from portal.models import Consent, Family

STANDINGS = ("given", "withdrawn", "refused", "not_asked")


class AnswerShape(Schema):
    """An answer: never changed, only followed by a newer one."""

    given = fields.Boolean(required=True)
    given_on = fields.Date(required=True)
    given_by = fields.String(required=True)
    channel = fields.String(required=True)
    text_version = fields.String(required=True, metadata={"description": "Of the text they were read"})
    recorded_at = fields.DateTime(required=True)
    recorded_by_id = fields.UUID(required=True)


class PurposeShape(Schema):
    """A purpose; `withdrawn` is a no after a yes."""

    purpose = fields.String(required=True)
    now = fields.String(required=True, metadata={"enum": list(STANDINGS)})
    answers = fields.List(
        fields.Nested(AnswerShape), required=True, metadata={"description": "The newest first"},
    )


class ConsentHistory(Schema):
    """Every purpose with all that was answered to it."""

    purposes = fields.List(fields.Nested(PurposeShape), required=True)


def told(family: Family) -> dict[str, Any]:
    """The answers of a family by purpose."""
    answered = {purpose: [one for one in family.consents if one.purpose == purpose] for purpose in PURPOSES}
    return {
        "purposes": [
            {"purpose": purpose, "now": _now(answers), "answers": answers[::-1]}
            for purpose, answers in answered.items()
        ],
    }


def _now(answers: Sequence[Consent]) -> str:
    """How a purpose stands after these answers, the oldest first."""
    if not answers:
        return "not_asked"
    if answers[-1].given:
        return "given"
    return "withdrawn" if any(one.given for one in answers) else "refused"
