"""The second door to the matcher: decisions and outcomes of the NGO at work as examples to learn from.

Only families that consented to training count, with the raw values frozen when the suggestion was shown. No name and no
text goes along; families and providers are numbers. What a row teaches:

- dismissed for a reason that is about the fit: not approved (a full provider or wrong data teach nothing);
- proposed and decided: approved or not; with a placement, whether it held; declined by a side: approved, did not hold;
- passed over: shown above one that was dismissed or proposed, so it was seen, and nothing was done: not approved.
  What stands below the last one acted on may never have been read, and teaches nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from ml.learn.examples import FACETS, NOT_KNOWN, Examples
from ml.learn.facets import disability, language
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.scoring import TERMS
from portal import places
from portal.models import Family, Proposal
from portal.queries import decisions
from portal.queries.decisions import Shown
from portal.services import training_ground
from portal.services.matching.vectors import encoder

ABOUT_THE_FIT = ("family_distance", "family_trust", "family_hours", "family_other", "provider_declined",
                 "provider_hours", "provider_other")
APPROVED = ("approved", "offered", "accepted", "decline_pending", "declined")


@dataclass(frozen=True)
class Taught:
    """One suggestion and what it teaches; `list` numbers the suggestions for the same children in one run."""

    suggestion: Shown
    family: Family
    list: int
    approved: bool
    held: bool | None


def dataset() -> Dataset:
    """The examples of the NGO at work, and the ground of the swap test. Raises LearnError where there are none."""
    taught = _taught()
    if not taught:
        raise LearnError("no decision of a family that consented to training", "no_decision")
    examples, families = _examples(taught), {one.family.id: one.family for one in taught}
    return Dataset(examples, _hash(examples), encoder=encoder(), ground=training_ground.build(list(families.values())))


def _taught() -> list[Taught]:
    families, answers = decisions.may_teach(), _Answers.load()
    lists: dict[tuple[UUID, tuple[str, ...]], list[Shown]] = {}
    for suggestion in decisions.shown():
        if suggestion.family_id in families:
            lists.setdefault((suggestion.run_id, tuple(suggestion.children)), []).append(suggestion)
    found = []
    for number, rows in enumerate(lists.values()):
        last = max((one.rank for one in rows if one.status in decisions.ACTED), default=0)
        for suggestion in rows:
            answer = answers.of(suggestion, last)
            if answer is not None:
                found.append(Taught(suggestion, families[suggestion.family_id], number, *answer))
    return found


@dataclass(frozen=True)
class _Answers:
    """What became of each suggestion."""

    reasons: dict[UUID, str]
    proposals: dict[UUID, Proposal]
    outcomes: dict[UUID, list[bool | None]]

    @classmethod
    def load(cls) -> _Answers:
        return cls(decisions.dismissed_for(), decisions.last_proposals(), decisions.outcomes())

    def of(self, suggestion: Shown, last: int) -> tuple[bool, bool | None] | None:
        """(approved, held), or None for a row that teaches nothing. `last`: rank of the last one acted on."""
        if suggestion.status == "dismissed":
            return (False, None) if self.reasons.get(suggestion.id) in ABOUT_THE_FIT else None
        proposal = self.proposals.get(suggestion.id)
        if proposal is not None:
            return self._decided(proposal)
        return (False, None) if suggestion.status == "suggested" and suggestion.rank < last else None

    def _decided(self, proposal: Proposal) -> tuple[bool, bool | None] | None:
        if proposal.status == "rejected":
            return False, None
        return (True, self._held(proposal)) if proposal.status in APPROVED else None

    def _held(self, proposal: Proposal) -> bool | None:
        """Siblings' placements hold together: one that did not is a no, one nobody knows of leaves it open."""
        if proposal.status == "declined":
            return False
        ended = self.outcomes.get(proposal.id, [])
        if False in ended:
            return False
        return True if ended and None not in ended else None


def _examples(taught: list[Taught]) -> Examples:
    family = _numbered("f", [one.family.id for one in taught])
    none = np.full(len(taught), -1, dtype=np.int64)
    unknown = np.full(len(taught), np.nan)
    return Examples(
        query=np.array([one.list for one in taught], dtype=np.int64), family=family,
        provider=_numbered("p", [one.suggestion.provider_id for one in taught]),
        raw={term: _floats([one.suggestion.features.get(term) for one in taught]) for term in TERMS},
        approved=_floats([one.approved for one in taught]), held=_floats([one.held for one in taught]),
        propensity=unknown, rank=np.array([one.suggestion.rank for one in taught], dtype=np.int64),
        shown_on=np.array([one.suggestion.made_at.date() for one in taught], dtype="datetime64[D]"),
        district=np.array([one.family.ubigeo for one in taught], dtype=np.str_), facets=_facets(taught),
        story=none, profile=none, capacity=unknown,
    )


def _floats(values: list[Any]) -> np.ndarray:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _numbered(letter: str, ids: list[UUID]) -> np.ndarray:
    """Numbers in the order of appearance: nothing of the id goes along."""
    numbers = {one: f"{letter}{number:07d}" for number, one in enumerate(dict.fromkeys(ids))}
    return np.array([numbers[one] for one in ids], dtype=np.str_)


def _facets(taught: list[Taught]) -> dict[str, np.ndarray]:
    found = [_facets_of(one.family) for one in taught]
    return {name: np.array([one[name] for one in found], dtype=np.str_) for name in FACETS}


def _facets_of(family: Family) -> dict[str, str]:
    caregiver = family.main_caregiver
    needs = {code for child in family.children for code in child.special_needs}
    return {
        "language": language(family.languages), "disability": disability(sorted(needs)),
        "sisfoh": NOT_KNOWN if family.sisfoh == "unknown" else family.sisfoh,
        "area": places.areas().get(family.ubigeo, NOT_KNOWN), "poverty": NOT_KNOWN,
        "caregiver_sex": caregiver.sex if caregiver is not None else NOT_KNOWN,
    }


def _hash(examples: Examples) -> str:
    """sha256 over the values, in hexadecimal: the same decisions give the same hash."""
    total = hashlib.sha256()
    for column in (examples.query, examples.family, examples.provider, *examples.raw.values(), examples.approved,
                   examples.held, examples.rank, examples.shown_on):
        total.update(np.ascontiguousarray(column).tobytes())
    return total.hexdigest()
