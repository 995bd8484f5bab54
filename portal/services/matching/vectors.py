"""Texts as the encoder sees them, each embedded once and kept until the text or the encoder changes.

Identity, addresses and what would expose a family never reach the encoder (`ml.text`). A family's story is read only
with its consent.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import select

from ml import passages, text
from ml.encoder import Encoder
from ml.judge import Judge
from ml.passages import Passage
from ml.reading import Reader
from portal import crypto
from portal.extensions import db
from portal.models import Family, Provider, TextVector
from portal.watching import metrics


@cache
def encoder() -> Encoder:
    """The encoder of this process. The worker loads it at its start; the web process never asks."""
    return Encoder.load()


@cache
def reader() -> Reader | None:
    """The judge of this process, and how much it reads; None where the model has no judge."""
    return Reader(Judge.load()) if Judge.is_in() else None


@dataclass(frozen=True)
class Source:
    """A text to embed: whose it is, and its readable sentences."""

    kind: str
    owner: UUID
    sentences: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Changes with the text. Keyed: an unkeyed hash of a short text can be guessed."""
        return crypto.blind("\n".join(self.sentences), f"text.{self.kind}")


def of_family(family: Family) -> Source:
    """A family's story without the names of its people."""
    names = [one.full_name for one in (*family.caregivers, *family.children)]
    return Source("family", family.id, tuple(text.sentences(family.story or "", names)))


def of_provider(provider: Provider) -> Source:
    """A provider's profile without its contact's name."""
    return Source("provider", provider.id, tuple(text.sentences(provider.profile, [provider.contact_name])))


def passages_of(sources: Sequence[Source]) -> list[Passage]:
    """The passages of texts, in order; what is not kept yet is embedded and kept."""
    kept = _kept(sources)
    new = [source for source in sources if not _is_fresh(source, kept.get(source.owner))]
    encoded = _encode(new)
    made = dict(zip((source.owner for source in new), encoded, strict=True))
    for source in new:
        _keep(source, made[source.owner], kept.get(source.owner))
    return [
        made[source.owner] if source.owner in made
        else Passage.restore(source.sentences, kept[source.owner].vectors)
        for source in sources
    ]


def _encode(sources: Sequence[Source]) -> list[Passage]:
    """Each text as a passage; its own row and one a sentence are counted."""
    started = time.perf_counter()
    encoded = passages.encode(encoder(), [source.sentences for source in sources])
    metrics.ENCODED.inc(sum(len(one.vectors) for one in encoded))
    metrics.ENCODING_TIME.inc(time.perf_counter() - started)
    return encoded


def _kept(sources: Sequence[Source]) -> dict[UUID, TextVector]:
    owners = [source.owner for source in sources]
    found = select(TextVector).where(TextVector.owner_id.in_(owners), TextVector.encoder == encoder().version)
    return {row.owner_id: row for row in db.session.scalars(found)}


def _is_fresh(source: Source, row: TextVector | None) -> bool:
    return row is not None and row.text_hash == source.mark and row.rows == 1 + len(source.sentences)


def _keep(source: Source, passage: Passage, row: TextVector | None) -> None:
    if row is None:
        row = TextVector(kind=source.kind, owner_id=source.owner, encoder=encoder().version)
    row.text_hash, row.rows, row.vectors = source.mark, len(passage.vectors), passage.vectors.tobytes()
    db.session.add(row)  # whole: the mark may ask the database for the NGO's key
