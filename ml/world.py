"""What the matcher works on, read and encoded: rows of the files, and the same as frames and passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ml import passages, records
from ml.frames import Children, Providers
from ml.passages import Corpus, Encodes, Passage

BLOCK = 100  # children looked at together: keeps the matrices small
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """Row i of `needs`, `children` and `texts` is one child; row j of `offers`, `providers` and `corpus` a provider."""

    needs: list[Row]
    offers: list[Row]
    children: Children
    providers: Providers
    texts: list[Passage]
    corpus: Corpus


def encoded(
    encoder: Encodes, needs: list[Row], offers: list[Row], progress: Callable[[int, int], None] | None = None
) -> World:
    """Every text once: siblings share a story, and equal sentences are one."""
    stories, profiles = records.stories(needs), records.profiles(offers)
    unique = list(dict.fromkeys(stories))
    found = passages.encode(encoder, [*profiles, *unique], progress)
    by_story = dict(zip(unique, found[len(offers) :], strict=True))
    return World(
        needs, offers, records.children_of(needs), records.providers_of(offers),
        [by_story[story] for story in stories], Corpus.of(found[: len(offers)]),
    )


def blocks(rows: Sequence[Row]) -> Iterator[list[int]]:
    """Places of the rows, families never apart, about `BLOCK` at a time."""
    families: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        families.setdefault(row["family_ref"], []).append(place)
    block: list[int] = []
    for places in families.values():
        block += places
        if len(block) >= BLOCK:
            yield block
            block = []
    if block:
        yield block
