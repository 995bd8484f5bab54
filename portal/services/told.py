"""What a story tells and the form does not: needs named in words that no child of the family has ticked.

A question for whoever knows the family, never an answer: a word may speak of somebody else. What decides who can take
a child is the form (`ml.constraints`), so a tube that stands in the story alone would be seen by no rule. The words are
in the bank of needs (`ml/concepts`).
"""

from __future__ import annotations

from portal.models import Family
from portal.services.matching import Named, named


def unticked(family: Family) -> list[Named]:
    """What to ask about, at most one for each need, in the order of the form."""
    ticked = {code for child in family.children for code in child.special_needs}
    return [one for one in named(family.story or "") if one.need not in ticked]
