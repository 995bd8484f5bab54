"""Every method that is compared, by name, ready to score."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from ml import scoring
from ml.learn.baselines import plain, tables, texts
from ml.learn.baselines.plain import Score
from ml.learn.baselines.texts import Texts
from ml.learn.examples import Examples
from ml.learn.names import NAMES, OURS
from ml.learn.scored import scores_of
from ml.scoring import Scorer


@dataclass(frozen=True)
class Methods:
    """Scores by name, and a line for each method that could not be run."""

    score: dict[str, Score]
    missing: dict[str, str]


def ready(sides: tuple[Examples, Examples], scorer: Scorer, seed: int, words: Texts | None = None) -> Methods:
    """Fit what learns on the training rows; the validation rows say when to stop.

    `scorer` is the additive model; without `words` nothing reads them.
    """
    train, validation = sides
    found: dict[str, Score] = {
        OURS: scored_by(scorer), "prior": scored_by(scoring.PRIOR),
        "forest": tables.forest(train, seed), "logistic": tables.logistic(train, seed),
        "text": plain.one_term("text"), "distance": plain.one_term("distance", -1.0), "random": plain.chance(seed),
    }
    missing = {}
    try:  # its library is native code that some systems lack a part of
        found["lambdamart"] = import_module("ml.learn.baselines.lambdamart").fit(train, validation, seed)
    except (ImportError, OSError) as error:
        missing["lambdamart"] = f"LightGBM cannot be loaded here: {str(error).splitlines()[0][:120]}"
    return with_words(Methods(found, missing), words)


def with_words(methods: Methods, words: Texts | None) -> Methods:
    """The same methods, with those that read words over these texts, in the order of `NAMES`."""
    found, missing = dict(methods.score), dict(methods.missing)
    if words is None or not any(words.profiles):
        missing |= dict.fromkeys(("bm25", "characters"), "the texts are not part of these data")
    else:
        found |= {"bm25": texts.method(words, texts.bm25), "characters": texts.method(words, texts.characters)}
    return Methods({name: found[name] for name in NAMES if name in found}, missing)


def scored_by(scorer: Scorer) -> Score:
    """A scorer as a method."""
    return lambda examples: scores_of(scorer, examples)
