"""What a caseworker does with a suggestion: shortlist it, set it aside with a reason, take that back."""

from __future__ import annotations

from portal import workflow
from portal.models import Suggestion
from portal.policy import Actor
from portal.workflow import Said


def shortlist(actor: Actor, suggestion: Suggestion) -> None:
    """Keep it for a closer look."""
    workflow.advance(suggestion, "shortlist", actor)


def unlist(actor: Actor, suggestion: Suggestion) -> None:
    """Off the shortlist again."""
    workflow.advance(suggestion, "unlist", actor)


def dismiss(actor: Actor, suggestion: Suggestion, reason: str, note: str = "") -> None:
    """Set it aside; the coded reason says whether it is about the family, the provider or the data."""
    workflow.advance(suggestion, "dismiss", actor, Said(reason=reason, note=note))


def restore(actor: Actor, suggestion: Suggestion) -> None:
    """Back on the list."""
    workflow.advance(suggestion, "restore", actor)
