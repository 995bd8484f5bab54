"""The sentences of a suggestion as people wrote them, for whoever may read the story and the profile anyway.

What is kept is what the encoder read. Where a text no longer holds a sentence that reads so, or holds several, what
was read is shown, and nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ml import text
from portal.models import Family, Suggestion
from portal.policy import Actor, Permission, allowed
from portal.services import masks
from portal.services.matching import vectors
from portal.services.matching.vectors import Told

Written = dict[str, str]  # what was read → as it was written


def as_written(actor: Actor, family: Family, rows: Sequence[Suggestion]) -> dict[UUID, dict[str, Any]]:
    """For each of a family's suggestions its `sentences`, need and offer of every kind as they were written."""
    told = [row for row in rows if row.sentences]
    may = allowed(actor, Permission.FAMILY_READ, family)
    story = _written(vectors.told_by_family(family)) if told and may else {}
    found: dict[UUID, dict[str, Any]] = {row.id: row.sentences for row in rows}
    for row in told:
        provider = row.provider
        may = allowed(actor, Permission.PROVIDER_READ, provider)
        profile = _written(vectors.told_by_provider(provider)) if may else {}
        found[row.id] = {kind: _pair(pair, story, profile) for kind, pair in row.sentences.items()}
    return found


def _pair(pair: dict[str, Any], story: Written, profile: Written) -> dict[str, Any]:
    need, offer = pair["need"], pair["offer"]
    return {**pair, "need": story.get(need, need), "offer": profile.get(offer, offer)}


def _written(told: Told) -> Written:
    """The sentences of a text that can be told from what was read of them."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in text.as_written(*told):
        found[one.readable].add(one.original)
    return {
        readable: masks.without_numbers(originals.pop()) for readable, originals in found.items() if len(originals) == 1
    }
