"""Every code the program knows has words in both languages, and no code is shown in place of its words."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ml import constraints, frames, scoring
from portal import tenancy, wording
from portal.models.child import BANDS
from portal.models.placement import ATTENDANCE
from portal.models.provider import KINDS
from portal.models.vetting import STATES
from portal.policy import Role
from portal.services import cases, followups, vetting
from portal.services.matching import convert
from portal.wording import codes, facts, refusals
from portal.workflow import END_REASONS, FLOWS
from tests.portal.wording.conftest import In

SAME_IN_BOTH = {"BM25", "LambdaMART", "DNI", "No", "Roles"}  # words that both languages write alike
SOURCES = sorted(Path("portal").rglob("*.py"))
ERRORS = {"Refusal", "ConflictError", "InvalidInputError", "TooLargeError"}


def states(flow: str) -> set[str]:
    table = FLOWS[flow]
    return {start for start, _ in table} | {step.to for step in table.values()}


STEPS = [step for table in FLOWS.values() for step in table.values()]
KNOWN: list[tuple[str, Iterable[str]]] = [
    *((f"{flow}_status", sorted(states(flow))) for flow in FLOWS),
    ("action", sorted({action for table in FLOWS.values() for _, action in table})),
    ("reason", sorted({reason for step in STEPS for reason in step.reasons})),
    ("role", list(Role)), ("band", BANDS), ("kind", KINDS), ("need", frames.NEEDS), ("end_group", END_REASONS),
    ("attendance", ATTENDANCE), ("vetting_state", (*STATES, "expired")), ("visit_result", vetting.VISIT_RESULTS),
    ("followup_channel", followups.CHANNELS), ("answered_by", followups.ANSWERED_BY),
    ("hand_over_reason", cases.HAND_OVER_REASONS),
    ("score_band", ("high", "medium", "low")), ("answer", ("accepted", "declined")),
]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("kind", "known"), KNOWN, ids=[kind for kind, _ in KNOWN])
def test_a_code_has_words(reading: In, kind: str, known: Iterable[str], language: str) -> None:
    with reading(language):
        for code in known:
            words = wording.label(kind, code)
            assert words not in {"", code}, (kind, code)
            assert "_" not in words


@pytest.mark.parametrize("kind", sorted(codes.WORDS))
def test_every_word_is_in_both_languages(reading: In, kind: str) -> None:
    with reading("es"):
        spanish = {code: wording.label(kind, code) for code in codes.WORDS[kind] if code}
    with reading("en"):
        english = {code: wording.label(kind, code) for code in codes.WORDS[kind] if code}
    assert all(spanish.values())
    assert all(english.values())
    same = {code for code in spanish if spanish[code] == english[code]} - {code for code in spanish if _is_name(code)}
    assert {spanish[code] for code in same} <= SAME_IN_BOTH


def _is_name(code: str) -> bool:
    """Languages of Peru are called the same in both."""
    return code in codes.WORDS["language"]


def test_no_two_states_of_a_flow_are_called_the_same(reading: In) -> None:
    with reading("es"):
        for flow in FLOWS:
            words = [wording.label(f"{flow}_status", state) for state in states(flow)]
            assert len(set(words)) == len(words), flow


def test_an_unknown_code_is_shown_so_that_nothing_is_hidden(reading: In) -> None:
    with reading("es"):
        assert wording.label("need", "newer_than_this") == "newer_than_this"
        assert wording.label("need", "") == wording.label("need", None) == ""
        with pytest.raises(KeyError):
            wording.label("no_such_kind", "x")


def test_a_list_of_choices_keeps_its_order_and_may_begin_empty() -> None:
    assert [code for code, _ in wording.choices("band")] == list(BANDS)
    assert [code for code, _ in wording.choices("band", ("24_35m", "0_11m"))] == ["24_35m", "0_11m"]
    assert wording.choices("band", blank="Elija")[0] == ("", "Elija")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_rule_and_every_term_has_a_name(reading: In, language: str) -> None:
    assert set(facts.RULES) == set(facts.SIDES) == set(constraints.RULES)
    assert set(facts.TERMS) == {*scoring.PRIOR.curves, scoring.BASE} == {*facts.FACTS, scoring.BASE}
    with reading(language):
        assert not {wording.rule(code) for code in facts.RULES} & set(facts.RULES)
        assert not {wording.term(code) for code in facts.TERMS} & set(facts.TERMS)


def calls() -> Iterator[ast.Call]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def said_codes() -> set[str]:
    """Every code an error is raised with, and every guard's, as the source writes them."""
    found: set[str] = set()
    for call in calls():
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in ERRORS:
            found |= set(texts[:1])
        if name == "fact" and len(texts) == 2:  # a guard: fact(name, code)
            found.add(texts[1])
        if name == "InvalidInputError":
            found |= {one.value for part in call.args[1:] for one in ast.walk(part)
                      if isinstance(one, ast.Constant) and isinstance(one.value, str) and "_" in one.value}
    return found - FIELD_NAMES - {""}


FIELD_NAMES = {"ends_on", "given_names", "starts_on", "signed_on", "last_day", "stand_in"}  # an underscore in the name


def test_every_code_an_error_carries_is_worded() -> None:
    found = said_codes()
    assert len(found) > 25
    worded = {*refusals.PLAIN, *refusals.WITH_VALUES, "rule", "missing"}
    assert found - worded == set()


def recorded() -> set[str]:
    """Every action the trail is told of."""
    return {
        call.args[0].value for call in calls()
        if getattr(call.func, "attr", "") == "record" and call.args and isinstance(call.args[0], ast.Constant)
    } | {"create", "update", "delete"}


def test_every_action_and_subject_of_the_trail_has_words() -> None:
    assert recorded() <= set(codes.WORDS["action_taken"])
    kinds: list[Any] = tenancy.tenant_classes()
    noted = {kind.__tablename__ for kind in kinds if getattr(kind, "__trail__", True)}
    assert noted <= set(codes.WORDS["subject"])


def test_what_the_matcher_may_be_told_is_worded() -> None:
    assert set(frames.NEEDS) == set(codes.WORDS["need"])
    assert len(convert.week("mon-sun 00:00-24:00").text()) > 0
