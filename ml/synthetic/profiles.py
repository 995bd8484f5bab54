"""What providers say of themselves: phrases that fit their facts, and what of the bank they answer and refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ml.frames import needs_codes
from ml.synthetic import mix, regions, slips, wording
from ml.synthetic.concerns import Concerns
from ml.synthetic.dice import Dice
from ml.synthetic.grammar import Grammar, Speech, plain
from ml.synthetic.providers import Providers
from ml.synthetic.stories import ended, timetable

_SPECIAL = 2  # special needs a profile tells of, at most


def write(dice: Dice, grammar: Grammar, providers: Providers, concerns: Concerns) -> Iterator[str]:
    """The profile of each provider."""
    rows = len(providers)
    hands = dice.pick("profile hand", slips.HANDS, rows).tolist()
    for row, numbers in enumerate(dice.numbers("profile", rows)):
        speech = _speech(grammar, providers, row, numbers)
        told = [speech.say(grammar.phrases[place]) for place in _places(providers, row, numbers)]
        for sentence in _said(concerns, row, numbers):
            told.insert(1 + next(numbers) % len(told), sentence)
        yield slips.write(" ".join(told), hands[row], numbers)


def _speech(grammar: Grammar, providers: Providers, row: int, numbers: Iterator[int]) -> Speech:
    hours = providers.hours[row]
    tongue = next((regions.NAMES[one] for one in providers.languages[row] if one in regions.NAMES), "castellano")
    facts = {
        **timetable(wording.clock(hours.start), wording.clock(hours.end)), "days": plain(*wording.days(hours)),
        "tongue": plain(tongue), "ca": plain("a"), "ca2": plain("a"),
    }
    return Speech(grammar.words[regions.REGIONS[providers.region[row]]], facts, numbers)


def _places(providers: Providers, row: int, numbers: Iterator[int]) -> list[str]:
    """Which phrases, in what order."""
    rest = [place for place, percent in _rest(providers, row, numbers) if next(numbers) % 100 < percent]
    rest = [place for _, place in sorted((next(numbers), place) for place in rest)]
    end = ["profile.close.any"] if next(numbers) % 100 < 45 else []
    return [f"profile.open.{mix.KINDS[providers.kind[row]]}", *rest, *end]


def _rest(providers: Providers, row: int, numbers: Iterator[int]) -> list[tuple[str, int]]:
    """(place, chance in percent) of what may be told."""
    trained = needs_codes(int(providers.needs[row]))
    begin = next(numbers) % max(len(trained), 1)
    found = [
        (f"profile.space.{regions.REGIONS[providers.region[row]]}.any", 55),
        (f"profile.hours.{mix.HOURS[providers.opening[row]]}", 65), ("profile.day.any", 75), ("profile.skill.any", 55),
        ("profile.money.any", 30), ("profile.papers.any", 30),
        *((f"profile.special.{code}", 60) for code in (trained[begin:] + trained[:begin])[:_SPECIAL]),
    ]
    return found if providers.languages[row] == ("es",) else [*found, ("profile.tongue.any", 80)]


def _said(concerns: Concerns, row: int, numbers: Iterator[int]) -> list[str]:
    """A sentence of the bank for each concept it answers, and for each it refuses."""

    def one(sentences: Sequence[str]) -> str:
        return ended(sentences[next(numbers) % len(sentences)])

    return [
        *(one(concerns.concepts[concept].answers) for concept in concerns.answers[row]),
        *(one(concerns.concepts[concept].refuses) for concept in concerns.refusals[row]),
    ]
