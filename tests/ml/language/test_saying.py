"""A judge says aloud only what it can be trusted with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import small

from ml.language import measures, saying
from ml.language.lessons import Ordinary

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
    """Tells refusals; takes answers of anything for answers."""
    found = truth(needs, offers)
    return np.array([ROWS["refuses" if one == "refuses" else "answers"] for one in found])


def cries_wolf(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    return np.array([ROWS["refuses"] for _ in needs])


def blind(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
    """Words alone: as near to who refuses as to who answers."""
    return np.array([float(WHAT[need][0] == WHAT[offer][0]) / 10 for need, offer in zip(needs, offers, strict=True)])


def settled(shares: saying.Shares) -> dict[str, float]:
    return saying.settle(blind, shares, BANK, QUIET, np.random.default_rng(1))


def test_who_knows_may_say_refuses() -> None:
    says = settled(knows)
    assert says["refuses"] == saying.GRID[0]
    found = measures.hidden_needs(BANK, saying.ranked(blind, knows, says), draws=2)
    assert (found.mrr[0], found.traps[0]) == (1.0, 1.0)


def test_who_cries_wolf_may_not() -> None:
    assert "refuses" not in settled(cries_wolf)


def test_who_hears_the_tone_alone_may_not() -> None:
    def tone(needs: Sequence[str], offers: Sequence[str]) -> np.ndarray:
        sides = [WHAT.get(offer, ("", ""))[1] for offer in offers]
        return np.array([ROWS["refuses" if side == "refuses" else "unrelated"] for side in sides])

    assert "refuses" not in settled(tone)


def test_answers_that_do_not_help_are_not_said() -> None:
    assert settled(sees_refusals) == {"refuses": saying.GRID[0]}


def test_alarms_are_told_by_what_they_were_about() -> None:
    pairs = saying.pairs(BANK, QUIET, np.random.default_rng(2), count=200)
    right = saying.said(saying.shares_of(knows, pairs), 0.6)
    assert (right.ordinary, right.answers, right.refusals, right.others) == (0.0, 0.0, 1.0, 0.0)
    wrong = saying.said(saying.shares_of(cries_wolf, pairs), 0.6)
    assert (wrong.ordinary, wrong.answers, wrong.refusals, wrong.others) == (1.0, 1.0, 1.0, 1.0)


def test_a_verdict_below_its_share_does_not_move_the_order() -> None:
    need, offer = [BANK[0].need[0]], [BANK[0].refuses[0]]
    assert saying.ranked(blind, knows, {"refuses": 0.95})(need, offer) == blind(need, offer)
    assert saying.ranked(blind, knows, {"refuses": 0.6})(need, offer) < blind(need, offer)


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
