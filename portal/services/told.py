"""What the texts of a case tell and the form does not: needs named in the story or in a child's health note that are
not ticked.

A question for whoever knows the family, never an answer: a word may speak of somebody else. What decides who can take
a child is the form (`ml.constraints`), so a tube that stands in a text alone would be seen by no rule. The words are
in the bank of needs (`ml/concepts`). A case is sent once each question has its answer: ticked, or a "no" that is kept
with the family and holds for as long as the texts it was said of stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ml.bank import Concept
from portal import clock, crypto, policy
from portal.errors import ConflictError, Refusal
from portal.models import Child, Family
from portal.policy import Actor, Permission
from portal.services.matching import named


@dataclass(frozen=True)
class Question:
    """A need to ask about. Of the story its `words` and the concept they name, "" and None where it does not name it;
    of a health note, which stays sealed, only whose it is. `marks`: the texts, as a "no" remembers them."""

    need: str
    words: str
    concept: Concept | None
    children: tuple[Child, ...]
    marks: tuple[str, ...]

    @property
    def child(self) -> Child | None:
        """Where to tick it when the answer is yes; None where the story alone names it."""
        return next(iter(self.children), None)


def unticked(family: Family) -> list[Question]:
    """What nobody answered yet, at most one for each need. Nothing while there is no child to tick it on."""
    if not family.children:
        return []
    asked = _of_story(family)
    for child in family.children:
        for need in _of_note(child):
            known = asked.get(need, Question(need, "", None, (), ()))
            children, marks = (*known.children, child), (*known.marks, _mark(child, child.health_note or ""))
            asked[need] = Question(need, known.words, known.concept, children, marks)
    return [one for one in asked.values() if not set(one.marks) <= _answered(family, one.need)]


def not_needed(actor: Actor, family: Family, needs: Collection[str]) -> None:
    """Somebody who knows the family said no: the texts speak of somebody else, or it is no longer so.

    Raises ConflictError (`not_asked`), and keeps nothing, for a need that never was asked about.
    """
    policy.require(actor, Permission.FAMILY_EDIT, family)
    asked = {one.need: one for one in unticked(family)}
    if not asked.keys() | family.not_needed.keys() >= set(needs):
        raise ConflictError("not_asked", [Refusal("not_asked")])
    said = {"by": str(actor.id), "name": actor.name, "at": clock.now().isoformat(timespec="seconds")}
    answers = {need: {**said, "of": list(asked[need].marks)} for need in asked if need in needs}
    if answers:
        family.not_needed = {**family.not_needed, **answers}


def _of_story(family: Family) -> dict[str, Question]:
    story = family.story or ""
    ticked = {code for child in family.children for code in child.special_needs}
    found = [one for one in named(story) if one.need not in ticked]
    marks = (_mark(family, story),) if found else ()
    return {one.need: Question(one.need, one.words, one.concept, (), marks) for one in found}


def _of_note(child: Child) -> list[str]:
    """What a child's own note names and is not ticked on this child."""
    return [one.need for one in named(child.health_note or "") if one.need not in child.special_needs]


def _answered(family: Family, need: str) -> set[str]:
    said = family.not_needed.get(need, {})
    return set(said.get("of", ()))


def _mark(row: Family | Child, text: str) -> str:
    """Tells whether a text is still the one that was answered for, and nothing of what it says."""
    return crypto.blind(f"{row.id}|{text}", "told")
