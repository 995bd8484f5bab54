"""The hidden utility: of admissible pairs alone, better where a need is answered, worse where it is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import made_up
import numpy as np
import pytest

from ml import constraints, pipeline, records, synth
from ml.frames import Rules
from ml.synthetic import concerns, mix, truth
from ml.synthetic.population import Population
from ml.text import fold

FAMILIES, PROVIDERS = 300, 150


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return made_up.drawn(tmp_path_factory.mktemp("truth") / "files", FAMILIES, PROVIDERS)


@pytest.fixture(scope="module")
def known(population: Population) -> dict[tuple[int, int], float]:
    return made_up.utilities(population, FAMILIES)


def saying(population: Population, stance: int) -> Population:
    """The same people, all providers of one mind about every need."""
    said = population.concerns
    return replace(population, concerns=replace(said, stance=np.full_like(said.stance, stance)))


def test_truth_holds_every_admissible_pair_and_no_other(tmp_path: Path) -> None:
    folder = made_up.written(tmp_path / "files", FAMILIES, PROVIDERS)
    needs, _ = records.families(folder / synth.FAMILIES, synth.DAY, {}, print)
    offers, _ = records.providers(folder / synth.PROVIDERS, {}, print)
    children = records.children_of(needs)
    verdicts = constraints.judge(children, records.providers_of(offers), Rules(today=synth.DAY))
    wanted = {
        (needs[child]["child_ref"], offers[provider]["provider_ref"])
        for unit in pipeline.units(children)
        for provider in np.flatnonzero(verdicts.admissible[list(unit)].all(axis=0)) for child in unit
    }
    assert {(row["child_ref"], row["provider_ref"]) for row in made_up.read(folder, synth.TRUTH)} == wanted


def test_utilities_lie_between_nothing_and_one_and_differ(peru: Path) -> None:
    found = np.array([float(row["utility"]) for row in made_up.read(peru, synth.TRUTH)])
    assert 0 < found.min() < 0.2
    assert 0.8 < found.max() < 1
    assert 0.4 < np.median(found) < 0.65


def test_an_answer_beats_silence_and_silence_a_refusal(
    population: Population, known: dict[tuple[int, int], float]
) -> None:
    answered, silent, refused = (
        made_up.utilities(saying(population, stance), FAMILIES)
        for stance in (concerns.ANSWERED, concerns.SILENT, concerns.REFUSED)
    )
    for child, provider in known:
        some = (population.concerns.need[population.children.family[child]] >= 0).any()
        at = (child, provider)
        assert (answered[at] > silent[at] > refused[at]) if some else answered[at] == silent[at] == refused[at]


def test_a_refusal_takes_more_than_an_answer_gives(population: Population) -> None:
    rows = np.arange(FAMILIES), np.arange(PROVIDERS)
    given = truth.concern(saying(population, concerns.ANSWERED), *rows)
    taken = truth.concern(saying(population, concerns.REFUSED), *rows)
    assert (-taken[given > 0] > 1.4 * given[given > 0]).all()


def test_near_places_are_better_for_who_walks_than_for_who_rides(
    population: Population, known: dict[tuple[int, int], float]
) -> None:
    def slope(transport: str) -> float:
        rows = [(child, provider) for child, provider in known if population.families.transport[
            population.children.family[child]] == mix.TRANSPORT.index(transport)]
        child, provider = np.array(rows).T
        family = population.children.family[child]
        away = np.hypot(population.families.homes.latitude[family] - population.providers.homes.latitude[provider],
                        population.families.homes.longitude[family] - population.providers.homes.longitude[provider])
        return float(np.polyfit(away * 111, [known[row] for row in rows], 1)[0])

    assert slope("walk") < 2 * slope("moto") < 0


def test_the_truth_of_a_family_does_not_depend_on_how_many_are_asked(
    population: Population, known: dict[tuple[int, int], float]
) -> None:
    some = made_up.utilities(population, 40)
    assert {at: utility for at, utility in known.items() if population.children.family[at[0]] < 40} == some


def test_needs_are_told_and_answers_stand_in_the_profiles(population: Population) -> None:
    said = population.concerns
    told = [fold(story) for story in made_up.stories(population)]
    for row, needs in enumerate(said.need.tolist()):
        codes = [said.concepts[need].code for need in needs if need >= 0]
        assert len(set(codes)) == len(codes)
        assert told[row].count("train_") == len(codes)
    for row, (answers, refusals) in enumerate(zip(said.answers, said.refusals, strict=True)):
        assert np.flatnonzero(said.stance[row] == concerns.ANSWERED).tolist() == sorted(answers)
        assert np.flatnonzero(said.stance[row] == concerns.REFUSED).tolist() == sorted(refusals)


def test_needs_come_in_their_shares(tmp_path: Path) -> None:
    said = made_up.drawn(tmp_path / "files", 5000, 10).concerns
    counts = np.bincount((said.need >= 0).sum(axis=1), minlength=4) / 5000
    assert counts == pytest.approx(mix.CONCERNS, abs=0.02)


@pytest.mark.parametrize(("phrases", "seen"), [("train", 1.0), ("test", concerns.SEEN)])
def test_each_grammar_draws_from_its_own_concepts(tmp_path: Path, phrases: str, seen: float) -> None:
    asked = replace(made_up.settings(tmp_path / "files", 3000, 10, phrases), bank=made_up.bank(tmp_path, 40))
    said = synth.draw(asked, made_up.districts()).concerns
    splits = [said.concepts[need].split for need in said.need[said.need >= 0].tolist()]
    assert splits.count("train") / len(splits) == pytest.approx(seen, abs=0.03)


def test_a_bank_too_small_for_the_grammar_is_refused(tmp_path: Path) -> None:
    asked = replace(made_up.settings(tmp_path / "files", 30, 10), bank=made_up.bank(tmp_path, 2))
    with pytest.raises(concerns.ConcernsError, match="2 concepts of split 'train'; 3 at least"):
        synth.draw(asked, made_up.districts())
