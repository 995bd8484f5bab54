"""The additive model: monotone, capped, deterministic, and the same in Keras as in the scorer that serves."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml import scoring
from ml.learn import export, knots, prior, stored, training
from ml.learn.additive import Additive, Fitted, Settings
from ml.learn.examples import Examples
from ml.learn.faults import LearnError
from ml.learn.knots import Knots
from ml.learn.prior import Start
from ml.learn.scored import scores_of
from ml.learn.splits import Split
from ml.learn.training import Learnt
from ml.scoring import PRIOR, TERMS

SHORT = Settings(epochs=60, patience=10)
TERM = sorted(PRIOR.curves)
RAW = arrays(np.float64, (3, 4), elements=st.floats(-1e6, 1e6) | st.just(float("nan")))


@pytest.fixture(scope="module")
def learnt(examples: Examples, by_family: Split) -> Learnt:
    return training.learn(examples, by_family, SHORT)


@cache
def grid() -> Knots:
    raw = {term: np.linspace(-1, 30, 50) for term in PRIOR.curves}
    return knots.place(raw, PRIOR.curves)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_weights_give_a_scorer_under_the_cap(data: st.DataObject) -> None:
    shape = grid().shape
    pieces = data.draw(arrays(np.float64, shape, elements=st.floats(1e-9, 50))) * grid().is_piece
    neutral = data.draw(arrays(np.float64, shape[:1], elements=st.floats(0, 1)))
    curves, _ = export.curves(Fitted(pieces, neutral, 0.3, 0.5, 1), grid(), np.full(shape[0], np.nan))
    scorer = scoring.Scorer("any", curves)  # refuses what is not monotone, not 1 in sum, or over the cap
    assert scoring.text_weight(scorer.curves) <= scoring.MOST_FOR_TEXT + 1e-12


@given(raw=st.fixed_dictionaries(dict.fromkeys(TERM, RAW)))
@settings(max_examples=60, deadline=None)
def test_contributions_add_up_and_nothing_unknown_breaks_them(learnt: Learnt, raw: dict[str, np.ndarray]) -> None:
    scored = scoring.score(raw, learnt.scorer)
    assert np.abs(sum(scored.contributions.values()) - scored.score).max() <= 1e-9
    assert np.isfinite(scored.score).all()
    for name, values in raw.items():
        assert (scored.contributions[name][np.isnan(values)] == 0).all()


@pytest.mark.parametrize("term", TERM)
@given(ends=st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)))
@settings(max_examples=30, deadline=None)
def test_learnt_curves_go_one_way(learnt: Learnt, term: str, ends: tuple[float, float]) -> None:
    low, high = learnt.scorer.curves[term](np.array(sorted(ends)))
    assert low <= high if TERMS[term].rises else low >= high


def test_the_scorer_says_what_the_model_says(learnt: Learnt, examples: Examples) -> None:
    """Where no neutral height was set to the average, log odds are a line of the score."""
    known = examples.take(np.all([~np.isnan(values) for name, values in examples.raw.items()
                                  if np.isfinite(values).any()], axis=0))
    layer = layer_of(learnt)
    ramps, unknown = knots.ramps(known.raw, learnt.knots)
    neutral = {name: curve.neutral for name, curve in learnt.scorer.curves.items()}
    hidden = np.array([neutral[name] for name in learnt.knots.terms])
    assert np.abs(hidden - learnt.fitted.neutral)[unknown.any(axis=0)].max(initial=0) < 1e-6
    logit = layer([ramps, unknown]).numpy()[:, 0]
    score = scores_of(learnt.scorer, known)
    away = np.abs(learnt.scale.range * score + learnt.scale.lowest - logit)
    assert away.max() < 5e-3  # the layer has a smallest step for each piece


def layer_of(learnt: Learnt) -> Additive:
    """A Keras layer with the fitted numbers."""
    fitted = learnt.fitted
    start = Start(fitted.increments, np.clip(fitted.neutral, 1e-6, 1 - 1e-6), fitted.offset)
    return Additive(learnt.knots, start, 0.0)


def test_it_learns_what_families_want(learnt: Learnt) -> None:
    """The market wants near places above all: the learnt curve falls deeper than the prior's."""
    weight = {name: curve.weight for name, curve in learnt.scorer.curves.items()}
    assert weight["distance"] == max(weight.values())
    assert weight["distance"] > PRIOR.curves["distance"].weight


def test_the_same_seed_gives_the_same_bytes(learnt: Learnt, examples: Examples, by_family: Split) -> None:
    again = training.learn(examples, by_family, SHORT)
    assert stored.to_json(again.scorer) == stored.to_json(learnt.scorer)
    assert (again.fitted.increments == learnt.fitted.increments).all()


def test_few_decisions_leave_the_prior(examples: Examples, by_family: Split) -> None:
    strong = training.learn(examples, by_family, dataclasses.replace(SHORT, strength=1e6)).scorer
    for name, curve in strong.curves.items():
        assert curve.weight == pytest.approx(PRIOR.curves[name].weight, abs=0.06)


def test_the_text_cannot_be_learnt_beyond_its_cap(examples: Examples, by_family: Split) -> None:
    """Even where the text alone decides everything."""
    told = np.random.default_rng(1).random(len(examples))
    wanted = (told > 0.5).astype(np.float64)
    blind = dataclasses.replace(examples, raw={**examples.raw, "text": told}, approved=wanted,
                                held=np.where(wanted == 1, 1.0, np.nan))
    scorer = training.learn(blind, by_family, SHORT).scorer
    assert scoring.text_weight(scorer.curves) == pytest.approx(scoring.MOST_FOR_TEXT, abs=1e-6)


def test_one_answer_alone_teaches_nothing(examples: Examples, by_family: Split) -> None:
    with pytest.raises(LearnError, match="told apart"):
        training.learn(dataclasses.replace(examples, approved=np.zeros(len(examples))), by_family, SHORT)


def test_a_second_text_term_shares_the_cap() -> None:
    answers, distance = PRIOR.curves["answers"], PRIOR.curves["distance"]
    curves = {**PRIOR.curves, "answers": dataclasses.replace(answers, weight=answers.weight + 0.08),
              "distance": dataclasses.replace(distance, weight=distance.weight - 0.08)}
    with pytest.raises(ValueError, match="20%"):
        scoring.Scorer("two texts", curves)


def test_the_calibration_never_falls(learnt: Learnt) -> None:
    chances = [learnt.scorer.chance(one) for one in np.linspace(-0.2, 1.2, 60)]
    assert chances == sorted(chances)
    assert 0 <= chances[0] < chances[-1] <= 1


def test_a_scorer_is_the_same_after_a_file(learnt: Learnt, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(stored.to_json(learnt.scorer), encoding="utf-8")
    assert stored.from_json((tmp_path / "s.json").read_text(encoding="utf-8")) == learnt.scorer


def test_the_prior_starts_where_it_says(examples: Examples) -> None:
    placed = knots.place(examples.raw, PRIOR.curves)
    label, weight = np.nan_to_num(examples.label), np.ones(len(examples))
    start = prior.start(examples.raw, label, weight, (PRIOR, placed))
    share = start.increments.sum(axis=1) / start.increments.sum()
    spans = [curve.weight * np.ptp(curve.heights) for curve in PRIOR.curves.values()]
    assert share == pytest.approx(np.array(spans) / sum(spans), abs=1e-9)
