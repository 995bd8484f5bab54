"""What a judge hears and how near a pair is are weighed together."""

from __future__ import annotations

import numpy as np

from ml.judge import ANSWERS, REFUSES, UNRELATED
from ml.language import judging

EACH = 300


def test_the_cosine_tells_what_a_judge_that_hears_the_tone_alone_does_not() -> None:
    rng = np.random.default_rng(3)
    tone = np.repeat([REFUSES, REFUSES, ANSWERS], EACH)  # the second third refuses another need
    logits = np.eye(3)[tone] * 4 + rng.normal(0, 0.5, (3 * EACH, 3))
    cosines = np.repeat([0.7, 0.2, 0.6], EACH) + rng.normal(0, 0.1, 3 * EACH)
    verdicts = np.repeat([REFUSES, UNRELATED, ANSWERS], EACH)
    shares = judging.scaled(logits, cosines, verdicts).shares(logits, cosines)
    assert (shares.argmax(axis=1) == verdicts).mean() > 0.97
    surprise = -np.log(shares[np.arange(len(verdicts)), verdicts]).mean()
    assert surprise < 0.2  # bits of doubt where there is next to none


def test_where_neither_tells_anything_shares_are_how_often_each_verdict_occurs() -> None:
    rng = np.random.default_rng(4)
    logits, cosines = rng.normal(size=(3000, 3)), rng.normal(size=3000)
    verdicts = np.repeat([ANSWERS, REFUSES, UNRELATED], [600, 600, 1800])
    shares = judging.scaled(logits, cosines, rng.permutation(verdicts)).shares(logits, cosines)
    assert np.allclose(shares.mean(axis=0), [0.2, 0.2, 0.6], atol=0.01)
    assert shares.std(axis=0).max() < 0.06
    same = judging.scaled(np.zeros((3000, 3)), np.zeros(3000), verdicts).shares(np.zeros((1, 3)), np.zeros(1))
    assert np.allclose(same, [[0.2, 0.2, 0.6]], atol=0.01)
