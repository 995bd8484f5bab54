"""Codes as a reader's words: the one place where a code meets Spanish (and, through the catalogue, English)."""

from __future__ import annotations

from portal.wording.changes import changed_field, changed_value, opening
from portal.wording.codes import choices, label
from portal.wording.devices import device
from portal.wording.facts import (
    age,
    distance,
    expires_in,
    fact,
    hours,
    kilometres,
    money,
    needed,
    offered,
    rule,
    term,
    told_sentences,
)
from portal.wording.imported import column, problem, title, told
from portal.wording.jobs import came_of
from portal.wording.models import doubt, figure, gate, interval, version
from portal.wording.plans import addition, cost, costs, hurdle, more_placed, proof, rivals, sought
from portal.wording.refusals import message, missing, others_decide, refusal
from portal.wording.texts import consent_text, in_language

__all__ = [
    "addition", "age", "came_of", "changed_field", "changed_value", "choices", "column", "consent_text", "cost",
    "costs", "device", "distance", "doubt", "expires_in", "fact", "figure", "gate", "hours", "hurdle",
    "in_language", "interval", "kilometres", "label", "message", "missing", "money", "more_placed", "needed",
    "offered", "opening", "others_decide", "problem", "proof", "refusal", "rivals", "rule", "sought", "term",
    "title", "told", "told_sentences", "version",
]
