"""Sentences in which nobody tells a need, answers one or refuses one: most of what families and providers write."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ml import text
from ml.synthetic import grammar
from ml.synthetic.population import Population


@dataclass(frozen=True)
class Sentences:
    """Each once, in the order they were first said, as the matcher reads them."""

    stories: tuple[str, ...]
    profiles: tuple[str, ...]


def said(everyone: Population, phrases: grammar.Grammar) -> Sentences:
    """The population's texts without what comes from the bank and without special needs, sentence by sentence."""
    told = quiet(everyone)
    stories, profiles = (
        tuple(dict.fromkeys(piece for told in texts for piece in text.sentences(told)))
        for texts in (told.stories(phrases), told.profiles(phrases))
    )
    return Sentences(stories, profiles)


def quiet(everyone: Population) -> Population:
    """The same people, of whom nobody has a need that words hide or a special one."""
    concerns, children, providers = everyone.concerns, everyone.children, everyone.providers
    nobody: list[list[int]] = [[] for _ in concerns.answers]
    return replace(
        everyone, concerns=replace(concerns, need=np.full_like(concerns.need, -1), answers=nobody, refusals=nobody),
        children=replace(children, needs=np.zeros_like(children.needs)),
        providers=replace(providers, needs=np.zeros_like(providers.needs)),
    )
