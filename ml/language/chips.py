"""How often a story that tells a need of the form is asked about it, and how often one that does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ml import naming
from ml.bank import Concept
from ml.language.measures import interval


@dataclass(frozen=True)
class Asked:
    """Shares of the sentences in which a bank tells needs.

    Where the concept has a need of the form: `right`, asked about that need, with its 95 % interval by bootstrap over
    concepts; `named`, the question names that very concept; `misnamed`, another. `falsely`, where it has none: asked
    about anything.
    """

    concepts: int
    right: tuple[float, float, float]
    named: float
    misnamed: float
    falsely: float


def asked(concepts: Sequence[Concept], seed: int = 7) -> Asked:
    """Measure the bank's words on sentences of concepts, some of them with a need of the form and some without."""
    of_form = [one for one in concepts if one.form]
    found = [[_asked(one, sentence) for sentence in one.need] for one in of_form]
    right = [float(np.mean([code is not None for code in codes])) for codes in found]
    named = [(code, code == one.code) for one, codes in zip(of_form, found, strict=True) for code in codes]
    return Asked(
        len(of_form), interval(right, np.random.default_rng(seed)),
        named=float(np.mean([own for _, own in named])),
        misnamed=float(np.mean([bool(code) and not own for code, own in named])),
        falsely=falsely(sentence for one in concepts if not one.form for sentence in one.need),
    )


def falsely(texts: Iterable[str]) -> float:
    """The share of texts, which tell no need of the form, that are asked about one."""
    return float(np.mean([bool(naming.named(one)) for one in texts]))


def _asked(concept: Concept, sentence: str) -> str | None:
    """The code of the concept that is named, "" where none is; nothing where its need is not asked about."""
    found = next((one for one in naming.named(sentence) if one.need == concept.form), None)
    if found is None:
        return None
    return found.concept.code if found.concept else ""
