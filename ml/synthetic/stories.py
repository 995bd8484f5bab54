"""What families tell: a handful of phrases that fit their facts, and between them the needs that no field says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ml.frames import BAND_ENDS, BANDS, Ints, needs_codes
from ml.synthetic import mix, regions, slips, wording
from ml.synthetic.children import Children
from ml.synthetic.concerns import Concerns
from ml.synthetic.dice import Dice
from ml.synthetic.families import Families
from ml.synthetic.grammar import Grammar, Phrase, Speech, Words, plain

WORKER = 0.42  # of the stories are a caseworker's notes, the others the family's own words
WARY = 0.55  # mistrust from which a family speaks of it
_COUNT = ("", "uno", "dos", "tres")
_HERS = re.compile(r"\b(niña|hija|hijita|nena|nieta|nietita|chiquita|bebita|huambrilla|mujercita)\b", re.IGNORECASE)
_HIS = re.compile(r"\b(niño|hijo|hijito|nene|nieto|nietito|chiquito|bebito|huambrillo|varoncito)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cast:
    """Everybody a story may speak of. `youngest` (f,) is each family's row among the children: whom it is about."""

    families: Families
    children: Children
    concerns: Concerns
    names: Sequence[str]  # of the children
    youngest: Ints

    def codes(self, row: int) -> list[str]:
        """The special needs of the child a family's story is about."""
        return needs_codes(int(self.children.needs[self.youngest[row]]))


def youngest(children: Children) -> Ints:
    """(f,) the row of each family's youngest child, the first of twins."""
    order = np.lexsort((children.number, children.months, children.family))
    firsts = np.flatnonzero(np.diff(children.family[order], prepend=-1))
    return order[firsts].astype(np.int64)


def write(dice: Dice, grammar: Grammar, cast: Cast) -> Iterator[str]:
    """The story of each family."""
    rows = len(cast.families)
    worker = dice.chance("voice", WORKER, rows).tolist()
    hands = dice.pick("hand", slips.HANDS, rows).tolist()
    for row, numbers in enumerate(dice.numbers("story", rows)):
        words = grammar.words[regions.REGIONS[cast.families.region[row]]]
        speech = Speech(words, _facts(cast, row, words), numbers)
        places = _places(cast, row, "worker" if worker[row] else "yo", numbers)
        told = [speech.say(grammar.phrases[place]) for place in places]
        for need in _needs(cast, row, numbers):
            told.insert(1 + next(numbers) % len(told), need)
        yield slips.write(" ".join(told), hands[row], numbers)


def _places(cast: Cast, row: int, voice: str, numbers: Iterator[int]) -> list[str]:
    """Which phrases, in what order: how it begins, the work, the rest shuffled, a wish and the end."""
    work = [f"story.work.{mix.WORK[cast.families.work[row]]}.{voice}"] if next(numbers) % 100 < 90 else []
    rest = [place for place, percent in _rest(cast, row, voice) if next(numbers) % 100 < percent]
    rest = [place for _, place in sorted((next(numbers), place) for place in rest)]
    ends = [place for place, percent in ((f"story.wish.{voice}", 60), (f"story.close.{voice}", 40))
            if next(numbers) % 100 < percent]
    return [f"story.open.{voice}", *work, *rest, *ends]


def _rest(cast: Cast, row: int, voice: str) -> list[tuple[str, int]]:
    """(place, chance in percent) of what may be told."""
    families = cast.families
    months = int(cast.children.months[cast.youngest[row]])
    band = BANDS[sum(months >= end for end in BAND_ENDS)]
    found = [
        (f"story.now.{voice}", 45), (f"story.age.{band}", 70), ("story.temper.any", 45),
        (f"story.region.{regions.REGIONS[families.region[row]]}.yo", 50 if voice == "yo" else 0),
        (f"story.money.{mix.SISFOH[families.sisfoh[row]]}.{voice}", 35),
        (f"story.transport.{mix.TRANSPORT[families.transport[row]]}.{voice}", 40),
        (f"story.trust.{voice}", 55 if families.mistrust[row] > WARY else 4),
        *((f"story.special.{code}", 70) for code in cast.codes(row)),
    ]
    if families.languages[row] != ("es",):
        found.append(("story.tongue.any", 80 if families.languages[row][0] != "es" else 35))
    if families.children[row] > 1:
        found.append((f"story.siblings.{'together' if families.together[row] else 'may_split'}", 90))
    return found


def _needs(cast: Cast, row: int, numbers: Iterator[int]) -> list[str]:
    """A sentence of the bank for each need, one that speaks of a child of the same sex where there is one."""
    sex = mix.SEXES[cast.children.sex[cast.youngest[row]]]
    found = []
    for concept in cast.concerns.need[row].tolist():
        if concept >= 0:
            fitting = _fitting(cast.concerns.concepts[concept].need, sex)
            found.append(ended(fitting[next(numbers) % len(fitting)]))
    return found


@lru_cache(maxsize=4096)
def _fitting(sentences: tuple[str, ...], sex: str) -> tuple[str, ...]:
    wrong = {"f": _HIS, "m": _HERS}.get(sex)
    return tuple(one for one in sentences if wrong is None or not wrong.search(one)) or sentences


def ended(sentence: str) -> str:
    """With a full stop, so that the sentence behind it stays one of its own."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."


def _facts(cast: Cast, row: int, words: Words) -> dict[str, tuple[Phrase, ...]]:
    """What the slots are filled with."""
    families, child = cast.families, int(cast.youngest[row])
    hours, kind = families.hours[row], mix.CAREGIVERS[families.caregiver[row]]
    months = int(cast.children.months[child])
    tongue = next((regions.NAMES[one] for one in families.languages[row] if one in regions.NAMES), "quechua")
    return {
        **_called(cast, row, words), **_caregiver(kind),
        "age": plain(*wording.age(months)), "age_short": plain(*wording.age_short(months)),
        "name": plain(cast.names[child]), "count": plain(_COUNT[families.children[row]]), "tongue": plain(tongue),
        **timetable(wording.clock(hours.start), wording.clock(hours.end)), "days": plain(*wording.days(hours)),
    }


def timetable(start: Sequence[str], end: Sequence[str]) -> dict[str, tuple[Phrase, ...]]:
    """`a las cinco` and `las cinco`, for the beginning and the end."""
    return {
        "start": plain(*(f"a {one}" for one in start)), "start_to": plain(*start),
        "end": plain(*(f"a {one}" for one in end)), "end_to": plain(*end),
    }


def _called(cast: Cast, row: int, words: Words) -> dict[str, tuple[Phrase, ...]]:
    """How the child is called, and the endings that agree with it."""
    families = cast.families
    girl = mix.SEXES[cast.children.sex[cast.youngest[row]]] == "f"
    sex, old = "f" if girl else "m", mix.CAREGIVERS[families.caregiver[row]] == "grandmother"
    own = f"child.{'grandmother' if old else 'sibling' if families.children[row] > 1 else 'mother'}_{sex}"
    region = regions.REGIONS[families.region[row]]
    return {
        "child": words[own] + (() if old or families.children[row] > 1 else words[f"child.{region}_{sex}"]),
        "a_child": words[f"child.a{'grandmother' if old else ''}_{sex}"], "the_child": words[f"child.the_{sex}"],
        "a": plain("a" if girl else "o"), "her": plain("la" if girl else "lo"), "she": plain("ella" if girl else "él"),
    }


_WHO = {
    "mother": ("mamá", ("la mamá", "la madre", "la señora"), "a", "a"),
    "father": ("papá", ("el papá", "el padre", "el señor"), "o", ""),
    "grandmother": ("abuela", ("la abuela", "la abuelita", "la señora, abuela de la criatura,"), "a", "a"),
}


def _caregiver(kind: str) -> dict[str, tuple[Phrase, ...]]:
    parent, who, ending, more = _WHO[kind]
    return {"parent": plain(parent), "who": plain(*who), "ca": plain(ending), "ca2": ((more,),)}
