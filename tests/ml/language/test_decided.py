"""Decisions teach the encoder: of families that agreed alone, and who was set aside was shown to the same family."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small
import tensorflow as tf

from ml import encoder, passages
from ml.bank import Concept
from ml.frames import Floats
from ml.language import bert, decided, finetune, measures, pieces
from ml.language.decided import Decided, Shown
from ml.language.finetune import Lesson
from ml.language.tokens import Tokens
from ml.language.trainer import Desk, Plan
from ml.learn import folder, splits
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset, Reader
from ml.learn.places import Places
from ml.passages import Corpus

GENERAL = ["hace frío y llueve cada día", "la sopa de noche", "el baile con calma"] * 9
PLAN = Plan(steps=120, rate=3e-3, warmup=10, check_every=40, patience=9)


class PowerCutError(Exception):
    """The power went."""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.market(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="module")
def known(market: Path) -> Decided:
    return decided.read(market, 7, Places(), lambda line: None)


@pytest.fixture(scope="module")
def dataset(market: Path, known: Decided) -> Dataset:
    """The same folder as `train` has it."""
    return folder.read(market, Reader(decided.Unread()))


def every(known: Decided) -> list[Shown]:
    return [*known.learned, *known.held, *known.test]


def desk(path: Path, until: int = 10**6) -> Desk:
    def say(step: int, _of: int, _what: str) -> None:
        if step == until:
            raise PowerCutError

    return Desk(path, say)


def test_a_family_that_did_not_consent_never_enters(market: Path, known: Decided) -> None:
    """Every such family's story holds a word that no other has, and so does each caregiver's name."""
    assert small.CANARY in (market / "families_data.csv").read_text(encoding="utf-8")
    texts = {sentence for one in every(known) for sentence in one.story}
    assert not [sentence for sentence in texts if small.CANARY in sentence]
    assert not {one.family for one in every(known)} & small.silent(market)
    rng, drawn = np.random.default_rng(3), []
    for _ in range(40):
        drawn += decided.draw(known, 99, rng).stories
    assert set(drawn) == {one.story for one in known.learned}


def test_what_tells_who_somebody_is_never_enters(market: Path, known: Decided) -> None:
    read = " ".join(sentence for one in (*(one.story for one in every(known)), *known.profiles) for sentence in one)
    for told in ("Rosa", "Quispe", "999888777", "Quintanilla"):
        assert told in (market / "families_data.csv").read_text(encoding="utf-8") + (
            market / "providers_data.csv").read_text(encoding="utf-8")
        assert told not in read


def test_who_is_a_hard_negative_was_shown_to_the_same_family_and_set_aside(known: Decided, dataset: Dataset) -> None:
    """`labelled` holds only pairs that every hard rule lets pass."""
    examples, world = dataset.examples, dataset.world
    assert world is not None
    said: dict[str, dict[tuple[str, ...], set[float]]] = {}
    for family, profile, approved in zip(examples.family, examples.profile, examples.approved, strict=True):
        first, last = world.corpus.first[profile : profile + 2].tolist()
        said.setdefault(family, {}).setdefault(world.corpus.sentences[first:last], set()).add(float(approved))
    for one in every(known):
        assert all(0.0 in said[one.family][known.profiles[row]] for row in one.aside)
        assert all(1.0 in said[one.family][known.profiles[row]] for row in one.taken)
        assert not set(one.taken) & set(one.aside)


def test_what_was_approved_and_failed_is_set_aside_only_where_nobody_else_was(known: Decided, dataset: Dataset) -> None:
    examples = dataset.examples
    failed = {(examples.family[row], examples.provider[row]) for row in np.flatnonzero(examples.held == 0)}
    refused = {(examples.family[row], examples.provider[row]) for row in np.flatnonzero(examples.approved == 0)}
    assert failed
    assert not failed & refused
    places, number = np.flatnonzero(examples.held == 0).tolist(), list(range(len(dataset.world.offers)))
    other = np.flatnonzero((examples.query == examples.query[places[0]]) & (examples.approved == 0)).tolist()
    assert decided.verdicts(examples, places[:1], number) == (set(), {examples.profile[places[0]]})
    assert decided.verdicts(examples, [places[0], *other], number)[1] == {examples.profile[row] for row in other}


def test_families_are_held_back_as_train_does(known: Decided, dataset: Dataset) -> None:
    split = splits.split(dataset.examples, "family", 7)
    for lists, mask in ((known.learned, split.train), (known.held, split.validation), (known.test, split.test)):
        assert lists
        assert {one.family for one in lists} <= set(dataset.examples.family[mask].tolist())


def test_an_offer_that_the_family_took_too_is_no_wrong_one(known: Decided) -> None:
    drawn = decided.draw(known, 16, np.random.default_rng(1))
    lists = {one.story: one for one in known.learned}
    offers = [*drawn.taken, *drawn.aside]
    assert drawn.hidden.shape == (16, 32)
    assert drawn.hidden.sum() > 0
    for row, story in enumerate(drawn.stories):
        taken = {known.profiles[place] for place in lists[story].taken}
        for column, offer in enumerate(offers):
            assert drawn.hidden[row, column] == (offer in taken and column != row)


def test_texts_are_as_alike_in_teaching_as_in_serving(untaught: Path, known: Decided) -> None:
    tokens = Tokens.load(untaught, encoder.LONGEST)
    model = bert.encoder(untaught)
    stories, offers = [one.story for one in known.learned[:5]], list(known.profiles)
    ids, mask, *rest = pieces.laid_out([*stories, *offers], tokens)
    taught = np.asarray(pieces.likeness(model((ids, mask)), *(tf.constant(one) for one in rest)))
    run = finetune.encoding(model, tokens)
    read = passages.encode(decided.Running(run), [*stories, *offers])
    corpus = Corpus.of(read[5:])
    served = np.stack([passages.similarity(read[row], corpus, np.arange(len(offers))) for row in range(5)])
    assert np.allclose(taught[:5, 5:], served, atol=1e-5)


def lesson(known: Decided, *concepts: Concept) -> Lesson:
    return Lesson(concepts, GENERAL, known, group=12, lists=16, kept=4, keep=1.0)


def ranks(known: Decided, model: bert.Bert, source: Path) -> Floats:
    return decided.reciprocal_ranks(known, known.test, finetune.encoding(model, Tokens.load(source, encoder.LONGEST)))


def test_who_was_approved_comes_nearer(untaught: Path, known: Decided, tmp_path: Path) -> None:
    before = ranks(known, bert.encoder(untaught), untaught)
    after = ranks(known, finetune.teach(untaught, lesson(known), PLAN, desk(tmp_path)), untaught)
    told = decided.compared(known.test, before, after, 7)
    assert told[2].low > 0.05
    assert (told[0].value, told[1].value) == (pytest.approx(before.mean()), pytest.approx(after.mean()))
    assert told[2].value == pytest.approx(told[1].value - told[0].value)


def test_a_killed_run_goes_on_with_the_same_decisions_alone(untaught: Path, known: Decided, tmp_path: Path) -> None:
    plan = dataclasses.replace(PLAN, data=known.data)
    with pytest.raises(PowerCutError):
        finetune.teach(untaught, lesson(known), plan, desk(tmp_path, until=47))
    with pytest.raises(ValueError, match="another plan"):
        finetune.teach(untaught, lesson(known), dataclasses.replace(plan, data="0" * 64), desk(tmp_path))
    steps: list[int] = []
    again = finetune.teach(untaught, lesson(known), plan, Desk(tmp_path, lambda step, _of, _what: steps.append(step)))
    assert steps[0] == 41
    assert ranks(known, again, untaught).mean() > ranks(known, bert.encoder(untaught), untaught).mean() + 0.05


def test_decisions_teach_beside_the_bank(untaught: Path, known: Decided, tmp_path: Path) -> None:
    model = finetune.teach(untaught, lesson(known, *small.bank()), PLAN, desk(tmp_path))
    assert ranks(known, model, untaught).mean() > ranks(known, bert.encoder(untaught), untaught).mean() + 0.05
    score = measures.cosine_of(finetune.encoding(model, Tokens.load(untaught, finetune.LONGEST)))
    assert measures.hidden_needs(small.bank(), score, draws=4).mrr[0] > 0.3


def changed(market: Path, to: Path, name: str, change: Callable[[str], str]) -> Path:
    to.mkdir()
    for one in market.iterdir():
        text = one.read_text(encoding="utf-8")
        (to / one.name).write_text(change(text) if one.name == name else text, encoding="utf-8")
    return to


@pytest.mark.parametrize(("name", "column", "value", "words"), [
    ("families_data.csv", "story", "", "no story that may be read"),
    ("providers_data.csv", "profile", "", "no profile that may be read"),
    ("families_data.csv", "consent_training", "no", "consented to training"),
    ("families_data.csv", "child_birth_date", "2031-01-01", "consented"),
])
def test_a_folder_that_lacks_something_is_one_line(
    market: Path, tmp_path: Path, name: str, column: str, value: str, words: str,
) -> None:
    lacking = changed(market, tmp_path / "lacking", name, lambda text: small.column(text, column, value))
    with pytest.raises(LearnError, match=words) as found:
        decided.read(lacking, 7, Places(), lambda line: None)
    assert len(str(found.value).splitlines()) == 1
