"""Who is learnt from and who is asked: by family, by time, by district. Never by pair: a family stays whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.frames import Bools, Texts
from ml.learn.examples import Examples
from ml.learn.faults import LearnError

KINDS = ("family", "time", "district")
VALIDATION, TEST = 0.15, 0.2  # shares of the families
FEWEST = 10  # families on a side


@dataclass(frozen=True)
class Split:
    """(m,) masks over examples. `validation` ends the training and calibrates; `test` is looked at once."""

    kind: str
    train: Bools
    validation: Bools
    test: Bools


def split(examples: Examples, kind: str, seed: int) -> Split:
    """One of `KINDS`; the same seed and families give the same split, whatever the order of the rows.

    `time`: the test are families first shown anything in the last fifth of the days' rows; a family with decisions on
    both sides is on neither. `district`: whole districts are kept back. LearnError where a side has too few families.
    """
    test, out = {"family": _by_family, "time": _by_time, "district": _by_district}[kind](examples, seed)
    rest = ~test & ~out
    validation = rest & np.isin(examples.family, _drawn(examples.family[rest], VALIDATION / (1 - TEST), seed + 1))
    found = Split(kind, rest & ~validation, validation, test)
    for name in ("train", "validation", "test"):
        count = len(np.unique(examples.family[getattr(found, name)]))
        if count < FEWEST:
            raise LearnError(f"the {kind} split leaves {count} families for {name}; {FEWEST} are the fewest",
                             "few_families", families=len(np.unique(examples.family)), fewest=fewest())
    return found


def fewest() -> int:
    """How many families a split by family needs, so that no side is too small."""
    return next(count for count in range(3 * FEWEST, 1000) if min(_sides(count)) >= FEWEST)


def _sides(count: int) -> tuple[int, int, int]:
    """Of so many families: how many for training, validation and test."""
    test = round(TEST * count)
    validation = round(VALIDATION / (1 - TEST) * (count - test))
    return count - test - validation, validation, test


def _drawn(names: Texts, share: float, seed: int) -> Texts:
    """A share of the different names, drawn by the seed."""
    different = np.unique(names)
    order = np.random.default_rng(seed).permutation(len(different))
    found: Texts = different[order[: round(share * len(different))]]
    return found


def _by_family(examples: Examples, seed: int) -> tuple[Bools, Bools]:
    test = np.isin(examples.family, _drawn(examples.family, TEST, seed))
    return test, np.zeros_like(test)


def _by_time(examples: Examples, seed: int) -> tuple[Bools, Bools]:
    days = examples.shown_on
    cut = np.sort(days)[int((1 - TEST) * (len(days) - 1))]
    late = days > cut
    both = np.intersect1d(examples.family[late], examples.family[~late])
    out = np.isin(examples.family, both)
    return late & ~out, out


def _by_district(examples: Examples, seed: int) -> tuple[Bools, Bools]:
    """Districts are drawn until a fifth of the families is kept back."""
    families, place = np.unique(examples.family, return_index=True)
    district = examples.district[place]
    kept: list[str] = []
    for name in _drawn(district, 1.0, seed):
        if np.isin(district, kept).mean() >= TEST:
            break
        kept.append(str(name))
    test = np.isin(examples.district, kept)
    return test, np.zeros_like(test)
