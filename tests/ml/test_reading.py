"""What the judge reads moves the order, and a refusal is told with its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from population import ON

from ml import frames, passages, pipeline, reading, schedule
from ml.encoder import Encoder
from ml.frames import Child, Provider
from ml.passages import Corpus, Looks, Passage
from ml.pipeline import Request
from ml.reading import Reader

NEED = ("Trabajo en el mercado.", "Mi hija come por una sonda y nadie la quiere cuidar.")
ANSWERS = ("Tengo patio.", "Ayudé años con la sonda de mi sobrina y no me da miedo.")
REFUSES = ("Con sondas no me meto, busquen a otra persona.", "Cocino rico.")
ALL = 4  # pairs: two sentences and two
SILENT = ("Leemos cuentos.", "Tengo patio y huerta.")


class Words:
    """Takes a sentence about the tube as an answer, or as a refusal when it says no."""

    version = "words"

    def __init__(self, looks: Looks | None = None, **says: float) -> None:
        self.says = says or {"answers": 0.6, "refuses": 0.6}
        self.looks = looks

    def shares(self, needs: Sequence[str], offers: Sequence[str], cosines: Sequence[float]) -> np.ndarray:
        assert len(cosines) == len(needs)
        assert all(-1.001 <= one <= 1.001 for one in cosines)
        return np.array([self._one(need, offer) for need, offer in zip(needs, offers, strict=True)])

    def _one(self, need: str, offer: str) -> tuple[float, float, float]:
        if "sonda" not in need or "sonda" not in offer:
            return 0.05, 0.05, 0.9
        return (0.05, 0.9, 0.05) if "no me meto" in offer else (0.9, 0.05, 0.05)


def texts(encoder: Encoder, *found: Sequence[str]) -> list[Passage]:
    return passages.encode(encoder, found)


def test_answers_and_refusals_are_found_with_their_sentences(encoder: Encoder) -> None:
    need, *offers = texts(encoder, NEED, ANSWERS, REFUSES, SILENT)
    found = reading.read(Reader(Words(), pairs=ALL), need, Corpus.of(offers), [0, 1, 2])
    assert found[0].answers is not None
    assert (found[0].answers.need, found[0].answers.offer) == (NEED[1], ANSWERS[1])
    assert found[0].refuses is None
    assert found[1].refuses is not None
    assert found[1].refuses.offer == REFUSES[0]
    assert (found[2].answers, found[2].refuses) == (None, None)
    assert found[0].fit > found[2].fit > found[1].fit


def test_a_verdict_that_is_not_used_is_neither_told_nor_counted(encoder: Encoder) -> None:
    need, *offers = texts(encoder, NEED, ANSWERS, REFUSES)
    found = reading.read(Reader(Words(refuses=0.6), pairs=ALL), need, Corpus.of(offers), [0, 1])
    assert (found[0].answers, found[0].fit) == (None, -0.05)
    assert found[1].refuses is not None
    assert found[1].fit == -0.9
    assert (found[0].is_told, found[1].is_told) == (False, True)


def test_what_is_not_clear_enough_is_counted_and_not_told(encoder: Encoder) -> None:
    need, *offers = texts(encoder, NEED, REFUSES)
    found = reading.read(Reader(Words(refuses=0.95), pairs=ALL), need, Corpus.of(offers), [0])
    assert (found[0].refuses, found[0].is_told, found[0].fit) == (None, False, -0.9)


def test_it_looks_first_where_somebody_tells_a_need_or_refuses_one(encoder: Encoder) -> None:
    need, offer = texts(encoder, NEED, ("Vendo en el mercado y ahí mismo cuido.", REFUSES[0]))
    tube, refusal = need.vectors[2] - need.vectors[1], offer.vectors[2] - offer.vectors[1]
    for sign, found in ((-10.0, False), (10.0, True)):
        reader = Reader(Words(Looks(sign * tube, sign * refusal)), pairs=1)
        read = reading.read(reader, need, Corpus.of([offer]), [0])
        assert (read[0].refuses is not None) == found


def test_without_a_text_there_is_nothing_to_read(encoder: Encoder) -> None:
    need, offer = texts(encoder, NEED, ())
    assert reading.read(Reader(Words(), pairs=ALL), need, Corpus.of([offer]), [0]) == {}
    empty, spoken = texts(encoder, (), ANSWERS)
    assert reading.read(Reader(Words(), pairs=ALL), empty, Corpus.of([spoken]), [0]) == {}


@pytest.fixture
def request_of_three(encoder: Encoder) -> Request:
    """Three providers alike but for their words."""
    week = schedule.parse("mon-fri 08:00-16:00")
    here = {"latitude": -12.0, "longitude": -77.0, "schedule": week, "languages": ("es",)}
    child = Child("c", "f", ON - timedelta(days=900), ON, max_km=5.0, max_fee=200.0, **here)
    alike = {"fee": 100.0, "seats": (1, 1, 1, 1), "valid_until": ON + timedelta(days=300), **here}
    children, providers = frames.children([child]), frames.providers([Provider(f"p{n}", **alike) for n in range(3)])
    need, *offers = texts(encoder, NEED, REFUSES, SILENT, ANSWERS)
    return Request(children, providers, [need], Corpus.of(offers))


def test_who_answers_goes_first_and_who_refuses_last(request_of_three: Request) -> None:
    answer = pipeline.rank(replace(request_of_three, reader=Reader(Words(), pairs=ALL)))
    assert [one.provider for one in answer.suggestions] == [2, 1, 0]
    assert answer.suggestions[0].contributions["answers"] > 0 > answer.suggestions[2].contributions["answers"]
    answers, silent, refuses = answer.suggestions
    assert answers.text_score > answers.raw["text"]
    assert silent.text_score == pytest.approx(silent.raw["text"])
    assert refuses.text_score < refuses.raw["text"]
    for one in answer.suggestions:
        assert sum(one.contributions.values()) == pytest.approx(one.score, abs=1e-9)


def test_what_is_not_told_is_no_reason(request_of_three: Request) -> None:
    for clear, reasons in ((0.6, {"answers"}), (0.95, set())):
        reader = Reader(Words(answers=clear, refuses=clear), pairs=ALL)
        answer = pipeline.rank(replace(request_of_three, reader=reader))
        best, *_, last = answer.suggestions
        assert best.contributions["answers"] > 0 > last.contributions["answers"]
        for facts in (best.favour, last.against):
            assert {fact.code for fact in facts} & {"answers"} == reasons


def test_only_the_best_are_read(request_of_three: Request) -> None:
    answer = pipeline.rank(replace(request_of_three, reader=Reader(Words(), candidates=1, pairs=ALL)))
    assert sum(one.reading is not None for one in answer.suggestions) == 1
    assert sum(one.raw["answers"] is not None for one in answer.suggestions) == 1
