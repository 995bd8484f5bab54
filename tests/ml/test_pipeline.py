"""Ranked suggestions: only admissible ones, in an order that does not depend on the order of the rows, explained."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import population
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import constraints, evidence, frames, passages, pipeline, text, whynot
from ml.constraints import Verdicts
from ml.encoder import Encoder
from ml.frames import Child, Provider, Rules
from ml.passages import Corpus, Passage
from ml.pipeline import Answer, Request


def vectors(seed: int, sentences: int) -> Passage:
    rows = np.random.default_rng(seed).normal(size=(1 + sentences, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Passage(tuple(f"s{seed}.{one}" for one in range(sentences)), rows)


def asked(rows: list[Child], others: list[Provider], keep: int = 10) -> Request:
    """A request with made-up vectors that go with the refs; one in four has no text."""
    needs = [vectors(int(row.family[1:]), int(row.family[1:]) % 4) for row in rows]
    offers = [vectors(5000 + int(row.ref[1:]), int(row.ref[1:]) % 4) for row in others]
    return Request(frames.children(rows), frames.providers(others), needs, Corpus.of(offers), Rules(), keep)


def judged(request: Request) -> Verdicts:
    """Every rule asked about every pair."""
    return constraints.judge(request.children, request.providers, request.rules)


def named(request: Request, answer: Answer) -> list[tuple[object, ...]]:
    return [
        (tuple(request.children.ref[list(one.children)].tolist()), str(request.providers.ref[one.provider]),
         one.rank, round(one.score, 12), one.favour, one.against, one.pair)
        for one in answer.suggestions
    ]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_providers_changes_nothing(seed: int) -> None:
    rows, others = population.people(12, 60, seed)
    request = asked(rows, others)
    shuffled = asked(rows, random.Random(seed).sample(others, len(others)))
    assert named(request, pipeline.rank(request)) == named(shuffled, pipeline.rank(shuffled))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_every_suggestion_is_admissible_for_every_child_and_adds_up(seed: int) -> None:
    request = asked(*population.people(12, 60, seed))
    answer, verdicts = pipeline.rank(request), judged(request)
    for one in answer.suggestions:
        assert verdicts.admissible[list(one.children), one.provider].all()
        assert sum(one.contributions.values()) == pytest.approx(one.score, abs=1e-9)
        assert len(one.favour) <= 3
        assert len(one.against) <= 2
        assert all(fact.share > 0 for fact in one.favour)
        assert all(fact.share < 0 for fact in one.against)


def test_ranks_run_from_one_and_scores_fall() -> None:
    answer = pipeline.rank(asked(*population.people(60, 300), keep=4))
    by_unit: dict[tuple[int, ...], list[pipeline.Suggestion]] = {}
    for one in answer.suggestions:
        by_unit.setdefault(one.children, []).append(one)
    assert by_unit
    for found in by_unit.values():
        assert [one.rank for one in found] == list(range(1, len(found) + 1))[:4]
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_why_not_tells_every_failing_rule_of_every_provider_within_reach(seed: int) -> None:
    request = asked(*population.people(8, 25, seed))
    answer, verdicts = pipeline.rank(request), judged(request)
    told = {(one.child, one.provider, one.rule) for one in pipeline.why_not(request).rows()}
    pairs = verdicts.pairs
    for unit in answer.units:
        near = (pairs.km[list(unit)] <= whynot.REACH * request.children.max_km[list(unit)][:, None]).any(axis=0)
        for provider in range(len(request.providers)):
            rules = {one.rule for row in unit for one in evidence.failures_of(verdicts, row, provider)}
            expected = rules if near[provider] else set()
            for row in unit:
                assert {rule for child, other, rule in told if (child, other) == (row, provider)} == expected


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_best_few_are_the_same_where_no_more_are_wanted(seed: int) -> None:
    request = asked(*population.people(12, 120, seed), keep=2)
    few = replace(request, most=2)
    assert named(request, pipeline.rank(request)) == named(few, pipeline.rank(few))
    assert len(pipeline.measure(few).raw["text"]) <= len(pipeline.measure(request).raw["text"])


def test_fewer_candidates_than_are_kept_are_refused() -> None:
    with pytest.raises(ValueError, match="most"):
        replace(asked(*population.people(2, 2), keep=3), most=2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_what_passes_though_nobody_knows_is_a_warning(seed: int) -> None:
    rows, others = population.people(12, 60, seed)
    rules = Rules(unknown_may_pass=frozenset({"fee", "vetting"}))
    request = replace(asked(rows, [replace(one, fee=None) for one in others]), rules=rules)
    by_rule = judged(request).by_rule
    for one in pipeline.rank(request).suggestions:
        unknown = [rule for rule in ("fee", "vetting") if (by_rule[rule][list(one.children), one.provider] == 2).any()]
        assert one.warnings == unknown


def test_choices_can_be_taken_away() -> None:
    request = asked(*population.people(30, 200))
    choices = pipeline.rank(request).choices
    holds = np.arange(len(choices.provider)) % 3 > 0
    left = choices.where(holds)
    assert 0 < len(left.provider) < len(choices.provider)
    for unit in range(len(choices.first) - 1):
        mine = slice(choices.first[unit], choices.first[unit + 1])
        own = slice(left.first[unit], left.first[unit + 1])
        assert left.provider[own].tolist() == choices.provider[mine][holds[mine]].tolist()
        assert left.score[own].tolist() == choices.score[mine][holds[mine]].tolist()


def test_counts_are_of_providers() -> None:
    request = asked(*population.people(6, 40))
    table = pipeline.why_not(request)
    rows = {(one.rule, one.provider) for one in table.rows()}
    assert sum(table.counts().values()) == len(rows)
    assert list(table.counts().values()) == sorted(table.counts().values(), reverse=True)
    assert sum(map(len, table.by_provider().values())) == len(table)


@pytest.mark.parametrize(("children", "providers"), [(0, 0), (0, 3), (3, 0), (1, 1)])
def test_nobody_on_a_side(children: int, providers: int) -> None:
    request = asked(*population.people(children, providers))
    answer = pipeline.rank(request)
    assert len(answer.choices.first) == len(answer.units) + 1
    assert len(list(pipeline.why_not(request).rows())) == len(pipeline.why_not(request))


def test_what_does_not_fit_together_is_refused() -> None:
    children, providers = population.made(2, 2)
    with pytest.raises(ValueError, match="texts"):
        Request(children, providers, [], Corpus.of([vectors(1, 1)] * 2))
    with pytest.raises(ValueError, match="offers"):
        Request(children, providers, [vectors(1, 1)] * 2, Corpus.of([]))


def test_the_sentences_that_match_best(encoder: Encoder) -> None:
    need, offer = passages.encode(encoder, [
        text.sentences("Soy vendedora. Salgo a trabajar de madrugada al mercado."),
        text.sentences("Tenemos un patio grande. Abrimos de madrugada para quienes trabajan en el mercado."),
    ])
    pair = passages.best_pair(need, Corpus.of([offer]), 0)
    assert pair is not None
    assert "madrugada" in pair.need
    assert "madrugada" in pair.offer


def test_kept_vectors_are_restored_and_those_of_another_text_refused(encoder: Encoder) -> None:
    passage = passages.encode(encoder, [["Cuido niños.", "Les canto."]])[0]
    restored = Passage.restore(passage.sentences, passage.vectors.tobytes())
    assert (restored.vectors == passage.vectors).all()
    with pytest.raises(ValueError, match="bytes"):
        Passage.restore(["a"] * 7 + ["b"] * 3, passage.vectors.tobytes())
