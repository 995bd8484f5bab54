"""How long the judge takes to read a family's story against its best candidates' profiles."""

from __future__ import annotations

import random
import statistics
import time

from ml import bank, passages, reading
from ml.encoder import Encoder
from ml.judge import Judge
from ml.passages import Corpus
from ml.reading import Reader

CANDIDATES = 20
STORY, PROFILE = 4, 6  # sentences
WARM = 1  # rounds that do not count


def milliseconds(rounds: int, seed: int) -> float | None:
    """The median of one family's reading; None where the model that comes with the project has no judge."""
    if not Judge.is_in():
        return None
    concepts = bank.load(bank.FOLDER)
    needs = sorted(one for concept in concepts for one in concept.need)
    offers = sorted(one for concept in concepts for one in (*concept.answers, *concept.refuses))
    encoder, reader, dice = Encoder.load(), Reader(Judge.load(), CANDIDATES), random.Random(seed)
    seconds = []
    for _ in range(WARM + rounds):
        story, *profiles = passages.encode(encoder, [
            dice.sample(needs, STORY), *(dice.sample(offers, PROFILE) for _ in range(CANDIDATES))
        ])
        corpus = Corpus.of(profiles)
        begun = time.perf_counter()
        read = reading.read(reader, story, corpus, range(CANDIDATES))
        seconds.append(time.perf_counter() - begun)
        if len(read) != CANDIDATES:
            raise RuntimeError(f"{len(read)} of {CANDIDATES} candidates were read")
    return round(1000 * statistics.median(seconds[WARM:]), 1)
