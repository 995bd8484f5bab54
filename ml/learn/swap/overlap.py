"""How alike two ranked lists are."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

PERSISTENCE = 0.9  # of a reader who goes on to the next place


def rbo(one: Sequence[Hashable], other: Sequence[Hashable], p: float = PERSISTENCE) -> float:
    """Rank-biased overlap of two lists of one length, extrapolated beyond their end: 1 the same, 0 nothing in common.

    Webber, Moffat, Zobel 2010, equation 23. ValueError where the lengths differ; two empty lists are the same.
    """
    if len(one) != len(other):
        raise ValueError(f"the lists hold {len(one)} and {len(other)} places; one length is expected")
    if not one:
        return 1.0
    seen: tuple[set[Hashable], set[Hashable]] = (set(), set())
    total, agreed = 0.0, 0.0
    for depth, (left, right) in enumerate(zip(one, other, strict=True), start=1):
        seen[0].add(left)
        seen[1].add(right)
        agreed = len(seen[0] & seen[1]) / depth
        total += agreed * p**depth
    return agreed * p ** len(one) + (1 - p) / p * total
