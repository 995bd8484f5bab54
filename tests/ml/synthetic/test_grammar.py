"""Phrases: train and test share none, the matcher's scrubbing leaves all of them, the texts do not repeat."""

from __future__ import annotations

import re
from functools import cache
from itertools import count, cycle
from pathlib import Path

import made_up
import pytest

from ml import text
from ml.frames import BANDS, NEEDS
from ml.synthetic import grammar, mix, regions, slips, wording
from ml.synthetic.grammar import GrammarError, Speech, parse, plain
from ml.synthetic.weeks import Hours

FACTS = {name: plain("a") for name in grammar.FACTS} | {
    "child": plain("hijita"), "a_child": plain("una niña"), "the_child": plain("la niña"), "a": plain("a"),
    "her": plain("la"), "she": plain("ella"), "who": plain("la mamá"), "age": plain("dos años"),
    "start": plain("a las cinco"), "start_to": plain("las cinco"), "end": plain("a las seis"),
    "end_to": plain("las seis"), "days": plain("los lunes"),
    "name": plain("Wayra"), "count": plain("dos"), "parent": plain("mamá"), "tongue": plain("quechua"),
}
ALTERNATIVE = re.compile(r"[\[\]|]")


@cache
def loaded(name: str) -> grammar.Grammar:
    return grammar.load(name)


def written(name: str, place: str, region: str = "andes") -> list[str]:
    """Each phrase of a place, a few times."""
    held = loaded(name)
    numbers = (number * 7919 + number // 3 for number in count())
    speech = Speech(held.words[region], FACTS, numbers)
    return [speech.say([phrase]) for phrase in held.phrases[place] for _ in range(5)]


def pieces(name: str) -> set[str]:
    """Phrases, and what stands between their brackets, as folded words: of three words or more."""
    every = [one for texts in grammar.templates(name).values() for one in texts]
    parts = [*every, *(part for one in every for part in ALTERNATIVE.split(one))]
    folded = (" ".join(re.findall(r"[\w{}]+", text.fold(part))) for part in parts)
    return {part for part in folded if len(part.split()) >= 3}


def test_train_and_test_share_no_phrase_and_no_piece_of_one() -> None:
    assert pieces("train") & pieces("test") == set()


def test_both_grammars_have_phrases_for_the_same_places() -> None:
    train, test = grammar.load("train"), grammar.load("test")
    assert set(train.phrases) == set(test.phrases)
    assert sum(len(phrases) for phrases in train.phrases.values()) > 400
    assert sum(len(phrases) for phrases in test.phrases.values()) > 200


def test_there_is_a_phrase_for_every_fact() -> None:
    places = set(grammar.load("train").phrases)
    wanted = {
        *(f"story.work.{work}.{voice}" for work in mix.WORK for voice in ("yo", "worker")),
        *(f"story.age.{band}" for band in BANDS), *(f"story.special.{need}" for need in NEEDS),
        *(f"profile.special.{need}" for need in NEEDS), *(f"profile.open.{kind}" for kind in mix.KINDS),
        *(f"profile.hours.{hours}" for hours in mix.HOURS), *(f"story.region.{one}.yo" for one in regions.REGIONS),
        *(f"profile.space.{one}.any" for one in regions.REGIONS),
    }
    assert wanted <= places


@pytest.mark.parametrize("name", grammar.NAMES)
def test_no_phrase_is_lost_to_the_scrubbing(name: str) -> None:
    lost = []
    for place in loaded(name).phrases:
        for one in written(name, place):
            kept = text.sentences(one, ("Wayra",))
            if text._hidden(one)[0] != one or len(kept) != len(text._END.split(one)):
                lost.append((place, one))
    assert lost == []


@pytest.mark.parametrize("name", grammar.NAMES)
@pytest.mark.parametrize("region", regions.REGIONS)
def test_written_phrases_are_clean_sentences(name: str, region: str) -> None:
    for place in loaded(name).phrases:
        for one in written(name, place, region):
            assert one == " ".join(one.split())
            assert one[0].isupper() or one[0].isdigit() or one[0] == "¿"
            assert one.endswith((".", "?"))
            assert not re.search(r"[\[\]{}|]| [,.;]|\b(a a|de de|la la|en en|que que|a el|de el)\b", one), one


@pytest.mark.parametrize("name", grammar.NAMES)
def test_ten_thousand_stories_are_all_different(tmp_path: Path, name: str) -> None:
    told = made_up.stories(made_up.drawn(tmp_path / "files", 10_000, 10, name), name)
    assert len(told) == len(set(told)) == 10_000
    assert max(map(len, told)) < 3000


def test_profiles_are_all_different(peru: Path) -> None:
    told = [row["profile"] for row in made_up.read(peru, "providers_data.csv")]
    assert len(set(told)) == 1500


def test_a_region_adds_its_own_words() -> None:
    words = grammar.load("train").words
    assert ("papa nativa",) in words["andes"]["goods"]
    assert ("papa nativa",) not in words["lima"]["goods"]
    assert ("verduras",) in words["andes"]["goods"]


def test_alternatives_may_hold_alternatives() -> None:
    speech = {Speech({}, {}, cycle([first, second])).say([parse("[uno|dos [tres|cuatro]] y ya.")])
              for first in range(2) for second in range(2)}
    assert speech == {"Uno y ya.", "Dos tres y ya.", "Dos cuatro y ya."}


def test_an_article_is_drawn_together_with_what_stands_before_it() -> None:
    speech = Speech({}, {"child": plain("el niño")}, cycle([0]))
    assert speech.say([parse("llevar a {child} de {child}, para él.")]) == "Llevar al niño del niño, para él."


@pytest.mark.parametrize("wrong", ["[uno", "uno]", "a { b", "[a|b]]"])
def test_brackets_that_do_not_match_are_refused(wrong: str) -> None:
    with pytest.raises(GrammarError):
        parse(wrong)


def test_a_slot_that_nobody_fills_is_refused() -> None:
    with pytest.raises(GrammarError, match="nobody"):
        grammar._check([parse("[a|hola {nobody}]")], {})


def test_an_unknown_grammar_is_refused() -> None:
    with pytest.raises(GrammarError, match="train, test"):
        grammar.load("dev")


@pytest.mark.parametrize(("months", "said"), [
    (7, "siete meses"), (12, "un año"), (13, "1 año y 1 mes"), (15, "un año y tres meses"), (30, "dos años y medio"),
    (69, "5 años y 9 meses"),
])
def test_ages_in_words(months: int, said: str) -> None:
    assert said in wording.age(months)


@pytest.mark.parametrize(("minute", "said"), [
    (270, "las cuatro y media de la madrugada"), (780, "la una de la tarde"), (810, "las 13:30"), (1140, "las 7 pm"),
    (720, "las doce del día"), (1440, "las 00:00"),
])
def test_hours_in_words(minute: int, said: str) -> None:
    assert said in wording.clock(minute)


def test_days_in_words() -> None:
    assert "de lunes a viernes y los sábados" in wording.days(Hours("mon-fri", 480, 1020, (480, 780), None))
    assert wording.days(Hours("tue,thu", 480, 780, None, None))[0] == "martes y jueves"


def test_each_hand_writes_in_its_own_way() -> None:
    said = "También quisiera que haya paciencia. Hasta la noche trabajo."
    by_hand = [slips.write(said, hand, cycle([1, 2, 5, 10, 15])) for hand in range(4)]
    assert by_hand[slips.CAREFUL] == said
    assert by_hand[slips.NO_ACCENTS] == said.replace("é", "e")
    assert "asta" in by_hand[slips.TELEPHONE]
    assert len(set(by_hand)) == 4
    assert all(len(text.sentences(one)) == 2 for one in by_hand)
