"""A judge moves an order only to the better, and tells only what is right often enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import small

from ml.judge import ANSWERS, REFUSES, UNRELATED
from ml.language import measures, saying
from ml.language.lessons import Ordinary
from ml.language.whole import Whole

BANK = small.bank()
WHAT = {sentence: (concept.code, side) for concept in BANK for side in ("need", "answers", "refuses")
        for sentence in getattr(concept, side)}
QUIET = Ordinary([f"vendo choclo {place}" for place in range(30)], [f"tengo patio {place}" for place in range(30)])
ROWS = {"answers": (0.9, 0.05, 0.05), "refuses": (0.05, 0.9, 0.05), "unrelated": (0.05, 0.05, 0.9)}


def truth(needs: Sequence[str], offers: Sequence[str]) -> list[str]:
    pairs = [(WHAT.get(need, ("", "")), WHAT.get(offer, ("-", ""))) for need, offer in zip(needs, offers, strict=True)]
    return [side if mine == other else "unrelated" for (mine, _), (other, side) in pairs]


def knows(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    return np.array([ROWS[one] for one in truth(needs, offers)])


def sees_refusals(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    """Tells refusals, and nothing else apart."""
    return np.array([ROWS["refuses" if one == "refuses" else "unrelated"] for one in truth(needs, offers)])


def cries_wolf(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    return np.array([ROWS["refuses"] for _ in needs])


def blind(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    """Words alone: as near to who refuses as to who answers."""
    return np.array([float(WHAT[need][0] == WHAT[offer][0]) / 10 for need, offer in zip(needs, offers, strict=True)])


def texts(near: Sequence[float], stances: Sequence[int]) -> Whole:
    """A row a text, of which one pair was picked: of a need that is answered or refused, or of ordinary sentences."""
    sides = {ANSWERS: BANK[0].answers[0], REFUSES: BANK[0].refuses[0], UNRELATED: QUIET.profiles[0]}
    return Whole(
        np.array(stances), np.array(near), [BANK[0].need[0]] * len(stances), [sides[one] for one in stances],
        np.zeros(len(stances)), np.arange(len(stances)), np.array(stances),
    )


STANCES = [REFUSES, ANSWERS, UNRELATED, UNRELATED] * 50
TRAPPED = texts([0.6, 0.5, 0.2, 0.2] * 50, STANCES)  # who refuses has the words of the need
PARTED = texts([0.1, 0.6, 0.3, 0.3] * 50, STANCES)  # in the right order already


def settled(shares: saying.Shares, known: Whole = TRAPPED) -> dict[str, float]:
    return saying.settle(known, shares(known.needs, known.offers))


def test_who_knows_may_say_refuses() -> None:
    says = settled(knows)
    assert says["refuses"] == saying.GRID[0]
    found = measures.hidden_needs(BANK, saying.ranked(blind, knows, says), draws=2)
    assert (found.mrr[0], found.traps[0]) == (1.0, 1.0)


def test_who_cries_wolf_moves_nothing() -> None:
    assert settled(cries_wolf) == {}


def test_what_does_not_better_the_order_is_not_used() -> None:
    assert settled(knows, PARTED) == {}


def test_who_sees_refusals_alone_may_say_them_alone() -> None:
    assert settled(sees_refusals) == {"refuses": saying.GRID[0]}


def test_what_is_oftener_wrong_than_right_moves_the_order_and_is_not_told() -> None:
    def nervous(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
        """Hears every refusal, and one in five of what is none."""
        rows = sees_refusals(needs, offers)
        rows[::5] = ROWS["refuses"]
        return rows

    assert settled(nervous) == {"refuses": saying.NEVER}


def test_the_order_is_who_answers_who_is_silent_who_refuses() -> None:
    none = np.zeros((len(STANCES), 3))
    assert saying.order(PARTED, none, set()) == 1.0
    assert saying.order(TRAPPED, none, set()) == pytest.approx(1 / 3)
    moved = knows(TRAPPED.needs, TRAPPED.offers)
    assert saying.order(TRAPPED, moved, {REFUSES}) == 1.0
    alike = texts([0.5] * 4, STANCES[:4])
    assert saying.order(alike, none[:4], set()) == 0.5


def test_alarms_are_told_by_what_they_were_about() -> None:
    pairs = saying.pairs(BANK, QUIET, np.random.default_rng(2), count=200)
    known = saying.shares_of(knows, pairs)
    assert [kind for kind, share in saying.said(known, REFUSES, 0.6).items() if share] == ["refusals"]
    assert [kind for kind, share in saying.said(known, ANSWERS, 0.6).items() if share] == ["answers"]
    assert set(saying.said(saying.shares_of(cries_wolf, pairs), REFUSES, 0.6).values()) == {1.0}


def test_of_each_pair_the_verdict_is_known() -> None:
    needs, offers, verdicts = saying.pairs(BANK, QUIET, np.random.default_rng(2), count=50).every()
    assert len(needs) == len(offers) == len(verdicts) == 250
    assert [ROWS[one] for one in truth(needs, offers)] == [list(ROWS.values())[verdict] for verdict in verdicts]


def test_a_judge_is_told_the_cosine_of_each_pair() -> None:
    def told(needs: Sequence[str], offers: Sequence[str], cosines: Sequence[float]) -> np.ndarray:
        return np.tile(np.array(cosines)[:, None], 3)

    needs, offers = [BANK[0].need[0]] * 2, [BANK[0].refuses[0], BANK[1].refuses[0]]
    assert saying.beside(blind, told)(needs, offers)[:, 0].tolist() == [0.1, 0.0]


def test_a_verdict_that_is_not_used_does_not_move_the_order() -> None:
    need, offer = [BANK[0].need[0]], [BANK[0].refuses[0]]
    assert saying.ranked(blind, knows, {})(need, offer) == blind(need, offer)
    assert saying.ranked(blind, knows, {"refuses": saying.NEVER})(need, offer) < blind(need, offer)


def test_each_pair_is_judged_once() -> None:
    asked: list[str] = []

    def counts(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
        asked.extend(offers)
        return knows(needs, offers)

    once = saying.remembered(counts)
    need, offer = BANK[0].need[0], BANK[0].refuses[0]
    assert np.array_equal(once([need, need], [offer, offer]), once([need, need], [offer, offer]))
    assert asked == [offer]
    assert once([], []).shape == (0, 3)
