"""Versions: a changed byte refuses to load, a promotion and its way back are kept, gates stay closed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.artifacts import MANIFEST, ArtifactError
from ml.learn import gates, registry, stored
from ml.learn.faults import LearnError
from ml.scoring import PRIOR
from tests.ml.learn import shelf

NOW = "2026-11-24T08:00:00"


def promoted(root: Path, distance: float = 0.24) -> Path:
    made = shelf.scorer(distance)
    folder = shelf.put(root, made)
    registry.promote(root, made.version, NOW)
    return folder


def test_without_versions_the_prior_ranks(tmp_path: Path) -> None:
    assert registry.current(tmp_path) == PRIOR
    assert registry.promoted(tmp_path) == PRIOR.version
    assert registry.versions(tmp_path) == []
    assert registry.history(tmp_path) == []


def test_a_promoted_version_ranks_as_it_was_made(tmp_path: Path) -> None:
    promoted(tmp_path)
    assert registry.current(tmp_path) == shelf.scorer()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_changed_byte_refuses(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    root = tmp_path_factory.mktemp("models")
    folder = promoted(root)
    path = folder / data.draw(st.sampled_from([registry.SCORER, registry.METRICS, MANIFEST]))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(ArtifactError):
        registry.current(root)


@pytest.mark.parametrize("change", [
    lambda folder: (folder / registry.METRICS).unlink(), lambda folder: (folder / MANIFEST).unlink(),
    lambda folder: (folder / "more.txt").write_text("x"), lambda folder: folder.rename(folder.with_name("elsewhere")),
])
def test_what_lacks_or_is_too_much_refuses(tmp_path: Path, change) -> None:
    change(promoted(tmp_path))
    with pytest.raises(ArtifactError):
        registry.current(tmp_path)


def test_a_version_of_a_term_nobody_knows_refuses(tmp_path: Path) -> None:
    text = stored.to_json(shelf.scorer()).replace('"fee"', '"horoscope"')
    with pytest.raises(ValueError, match="horoscope"):
        stored.from_json(text)


def test_the_way_back_leads_through_every_promotion(tmp_path: Path) -> None:
    first, second = promoted(tmp_path, 0.24), promoted(tmp_path, 0.26)
    assert registry.promoted(tmp_path) == second.name
    assert registry.rollback(tmp_path, NOW) == first.name
    assert registry.rollback(tmp_path, NOW) == PRIOR.version
    with pytest.raises(LearnError, match="nothing"):
        registry.rollback(tmp_path, NOW)
    moves = [(one.action, one.version) for one in registry.history(tmp_path)]
    assert moves == [("promote", first.name), ("promote", second.name), ("rollback", first.name),
                     ("rollback", PRIOR.version)]


def test_after_a_rollback_a_promotion_counts_from_there(tmp_path: Path) -> None:
    first = promoted(tmp_path, 0.24)
    promoted(tmp_path, 0.26)
    registry.rollback(tmp_path, NOW)
    third = promoted(tmp_path, 0.28)
    assert registry.promoted(tmp_path) == third.name
    assert registry.rollback(tmp_path, NOW) == first.name


def test_an_unknown_or_changed_version_is_not_promoted(tmp_path: Path) -> None:
    folder = shelf.put(tmp_path, shelf.scorer())
    for name in ("additive-0", "..", "", "/"):
        with pytest.raises(LearnError, match="no version"):
            registry.promote(tmp_path, name, NOW)
    (folder / registry.SCORER).write_text("{}", encoding="utf-8")
    with pytest.raises(ArtifactError):
        registry.promote(tmp_path, folder.name, NOW)
    assert registry.promoted(tmp_path) == PRIOR.version


def test_who_moved_it_is_kept(tmp_path: Path) -> None:
    made = shelf.scorer()
    shelf.put(tmp_path, made)
    registry.promote(tmp_path, made.version, NOW, by="Operación")
    registry.rollback(tmp_path, NOW, "Otra")
    assert [move.by for move in registry.history(tmp_path)] == ["Operación", "Otra"]


def test_a_reason_is_kept(tmp_path: Path) -> None:
    folder = shelf.put(tmp_path, shelf.scorer())
    registry.promote(tmp_path, folder.name, NOW, "the supervisor asked for it")
    assert registry.history(tmp_path)[0].reason == "the supervisor asked for it"
    assert "supervisor" in (tmp_path / registry.POINTER).read_text(encoding="utf-8")


def test_gates_are_open_for_a_good_version() -> None:
    assert gates.closed(shelf.GOOD) == []


@pytest.mark.parametrize(("change", "word"), [
    (lambda found: found["validation"]["less_prior"].update(value=-0.01), "prior"),
    (lambda found: found["validation"]["less_prior"].update(value=0.0), "prior"),
    (lambda found: found["validation"]["less_prior"].update(value=None), "prior"),
    (lambda found: found["swap"]["swaps"]["names"]["rbo"].update(value=0.89), "names"),
    (lambda found: found["swap"]["swaps"]["names"]["rbo"].update(value=None), "names"),
    (lambda found: found.update(swap={}), "swap test"), (lambda found: found.clear(), "prior"),
])
def test_a_gate_stays_closed(change, word) -> None:
    found = copy.deepcopy(shelf.GOOD)
    change(found)
    assert any(word in line for line in gates.closed(found))


def less(value: float, low: float | None, high: float | None) -> dict[str, Any]:
    return {**shelf.GOOD, "validation": {"less_prior": {"value": value, "low": low, "high": high}}}


@pytest.mark.parametrize(("figure", "words"), [
    ((0.02, -0.03, 0.07), "+0.0200 [-0.0300, +0.0700]"), ((0.02, 0.0, 0.04), "[+0.0000, +0.0400]"),
    ((0.02, None, None), "[not known, not known]"),
])
def test_a_gain_that_may_be_chance_opens_the_gate_and_is_told(figure, words) -> None:
    assert gates.closed(less(*figure)) == []
    [doubt] = gates.doubts(less(*figure))
    assert "not told apart from the prior" in doubt.line
    assert words in doubt.line


def test_what_is_told_apart_from_the_prior_leaves_no_doubt() -> None:
    assert gates.doubts(shelf.GOOD) == []


@pytest.mark.parametrize("figure", [(-0.01, -0.05, 0.03), (0.0, -0.02, 0.02), (-0.04, -0.06, -0.02)])
def test_no_gain_closes_the_gate_whatever_the_interval(figure) -> None:
    [line] = gates.closed(less(*figure))
    assert f"[{figure[1]:+.4f}, {figure[2]:+.4f}]" in line
    assert gates.doubts(less(*figure)) == []


def test_the_metrics_of_a_changed_version_are_not_read(tmp_path: Path) -> None:
    folder = shelf.put(tmp_path, shelf.scorer(), {"swap": {}})
    (folder / registry.METRICS).write_text(json.dumps(shelf.GOOD), encoding="utf-8")
    with pytest.raises(ArtifactError):
        registry.metrics(tmp_path, folder.name)
