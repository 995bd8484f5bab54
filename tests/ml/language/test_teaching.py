"""Teaching: it goes on after a kill as if nothing had been, and what is taught is learned."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import small

from ml.judge import LONGEST, VERDICTS
from ml.language import bert, distill, finetune, judging, lessons, measures
from ml.language.finetune import Lesson
from ml.language.pairing import Pairing
from ml.language.tokens import Tokens
from ml.language.trainer import Desk, Plan

PLAN = Plan(steps=120, rate=3e-3, warmup=10, check_every=40, patience=9)
BANK = small.bank()
LESSON = Lesson(BANK, ["hace frío y llueve cada día", "la sopa de noche", "el baile con calma"] * 9, group=12, kept=4)


class PowerCutError(Exception):
    """The power went."""


def desk(folder: Path, until: int = 10**6) -> Desk:
    """Somebody who watches, and pulls the plug after a step."""
    def say(step: int, _of: int, _what: str) -> None:
        if step == until:
            raise PowerCutError

    return Desk(folder, say)


def found(model: bert.Bert, folder: Path) -> measures.Hidden:
    encode = finetune.encoding(model, Tokens.load(folder, finetune.LONGEST))
    return measures.hidden_needs(BANK, measures.cosine_of(encode), draws=4)


def test_needs_find_who_answers_them(untaught: Path, tmp_path: Path) -> None:
    before = found(bert.encoder(untaught), untaught)
    after = found(finetune.teach(untaught, LESSON, PLAN, desk(tmp_path)), untaught)
    assert after.mrr[0] > before.mrr[0] + 0.2
    assert after.traps[0] > before.traps[0] + 0.2


def test_a_killed_run_ends_where_one_left_alone_ends(untaught: Path, tmp_path: Path) -> None:
    plan = dataclasses.replace(PLAN, steps=60, check_every=20)
    whole = finetune.teach(untaught, LESSON, plan, desk(tmp_path / "whole"))
    with pytest.raises(PowerCutError):
        finetune.teach(untaught, LESSON, plan, desk(tmp_path / "cut", until=47))
    again = finetune.teach(untaught, LESSON, plan, desk(tmp_path / "cut"))
    tokens = Tokens.load(untaught, 32).texts(small.texts()[:20])
    # Dropout throws its dice anew after the kill, so the two are near, not equal.
    assert (np.asarray(whole(tokens)) * np.asarray(again(tokens))).sum(axis=1).mean() > 0.8


def test_every_weight_comes_back_from_the_disk(untaught: Path, tmp_path: Path) -> None:
    plan = dataclasses.replace(PLAN, steps=20, check_every=20)
    taught = finetune.teach(untaught, LESSON, plan, desk(tmp_path))
    again = finetune.teach(untaught, LESSON, plan, desk(tmp_path))  # nothing is left to do but to read
    for mine, other in zip(taught.weights, again.weights, strict=True):
        assert np.array_equal(mine.numpy(), other.numpy()), mine.path


def test_a_run_that_ended_for_want_of_progress_does_not_go_on(untaught: Path, tmp_path: Path) -> None:
    plan, said = dataclasses.replace(PLAN, steps=80, check_every=4, patience=1), []
    watched = Desk(tmp_path, lambda step, _of, _what: said.append(step))
    finetune.teach(untaught, LESSON, plan, watched)
    ended = list(said)
    assert len(ended) < plan.steps
    finetune.teach(untaught, LESSON, plan, watched)
    assert said == ended


def test_a_folder_of_another_plan_is_not_gone_on_with(untaught: Path, tmp_path: Path) -> None:
    short = dataclasses.replace(PLAN, steps=20, check_every=10)
    finetune.teach(untaught, LESSON, short, desk(tmp_path))
    with pytest.raises(ValueError, match="another plan"):
        finetune.teach(untaught, LESSON, dataclasses.replace(short, rate=1e-5), desk(tmp_path))


def test_a_judge_learns_to_tell_refusals_from_answers(untaught: Path, tmp_path: Path) -> None:
    # Three of five pairs speak of something else, and most of these of what is near: that takes its time. It is
    # measured once, at the end: on the four concepts kept aside here an early step may look best by luck.
    plan = dataclasses.replace(PLAN, steps=1000, check_every=1000)
    taught = judging.teach(untaught, judging.Lesson(BANK, group=48), plan, desk(tmp_path))
    judge = judging.logits_of(taught.model, Pairing(taught.model, Tokens.load(untaught, LONGEST)))
    drawn = lessons.Book(BANK).cases(450, np.random.default_rng(1))
    near = measures.cosine_of(finetune.encoding(bert.encoder(untaught), Tokens.load(untaught, LONGEST)))

    def leant(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
        return judge(needs, offers) + near(needs, offers)[:, None] * judging.LEAN

    def fit(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
        logits = leant(needs, offers)
        return logits[:, 0] - np.logaddexp(logits[:, 1], logits[:, 2])

    verdicts, said = np.array(drawn.verdicts), leant(drawn.needs, drawn.offers).argmax(axis=1)
    right = [(said[verdicts == verdict] == verdict).mean() for verdict in range(len(VERDICTS))]
    assert np.mean(right) > 0.7
    assert min(right) > 0.5
    assert measures.hidden_needs(BANK, fit, draws=4).traps[0] > 0.9
    assert (taught.scaling.weights.shape, taught.scaling.shifts.shape) == ((3, 4), (3,))
    assert all(0.4 <= share <= 1 for share in taught.says.values())


def test_a_student_takes_over_its_teacher(untaught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distill, "HELD_BACK", 40)
    pairs = distill.Pairs(small.texts(), [text.replace("mi hija", "mi niña") for text in small.texts()])
    plan = dataclasses.replace(PLAN, steps=40, check_every=20)
    model = distill.teach(untaught, untaught, pairs, plan, desk(tmp_path))
    tokens = Tokens.load(untaught, 32)
    taught, teacher = model(tokens.texts(pairs.target[:9])), bert.encoder(untaught)(tokens.texts(pairs.source[:9]))
    assert (np.asarray(taught) * np.asarray(teacher)).sum(axis=1).mean() > 0.95


def test_test_concepts_are_in_no_lesson() -> None:
    learned, held = lessons.parts(BANK)
    assert not {one.code for one in (*learned, *held)} & {one.code for one in BANK if one.split == "test"}
    assert not {one.code for one in learned} & {one.code for one in held}


def test_too_few_concepts_are_said_so(untaught: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few"):
        finetune.teach(untaught, Lesson(BANK[:3], ["a"] * 40), PLAN, desk(tmp_path))
