"""A whole population: both sides, who said what, and their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ml.bank import Concept
from ml.synthetic import children, concerns, families, names, places, profiles, providers, stories
from ml.synthetic.children import Children
from ml.synthetic.concerns import Concerns
from ml.synthetic.dice import Dice
from ml.synthetic.families import Families
from ml.synthetic.grammar import Grammar
from ml.synthetic.places import Country, District
from ml.synthetic.providers import Providers
from ml.synthetic.stories import Cast


@dataclass(frozen=True)
class Size:
    """How many there are to be of each side, and the day it is taken to be."""

    families: int
    providers: int
    on: date


@dataclass(frozen=True)
class Population:
    """Everybody, with what no column tells. Names are the children's and the caregivers'."""

    dice: Dice
    on: date
    land: Country
    families: Families
    children: Children
    providers: Providers
    concerns: Concerns
    child_names: list[str]
    caregiver_names: list[str]
    provider_names: list[str]

    def stories(self, grammar: Grammar) -> Iterator[str]:
        """The story of each family."""
        about = stories.youngest(self.children)
        cast = Cast(self.families, self.children, self.concerns, self.child_names, about)
        return stories.write(self.dice, grammar, cast)

    def profiles(self, grammar: Grammar) -> Iterator[str]:
        """The profile of each provider."""
        return profiles.write(self.dice, grammar, self.providers, self.concerns)


def draw(seed: int, size: Size, districts: Sequence[District], bank: tuple[Sequence[Concept], str]) -> Population:
    """`bank` are its concepts and the name of the grammar. Raises ValueError where they or the districts do not do."""
    land = places.country(districts)
    dice = Dice(seed)
    offices = places.hubs(dice, land, size.families)
    one_side, other_side = Dice(seed, "families"), Dice(seed, "providers")
    homes = places.settle(one_side, land, offices, size.families)
    there = places.settle(other_side, land, offices, size.providers)
    drawn = families.draw(one_side, land, homes)
    young = children.draw(one_side, drawn.children, size.on)
    offering = providers.draw(other_side, land, there, (len(young), size.on))
    return Population(
        dice, size.on, land, drawn, young, offering, concerns.draw(dice, *bank, (homes.hub, there.hub)),
        [names.child(sex, numbers)
         for sex, numbers in zip(young.sex.tolist(), dice.numbers("child name", len(young)), strict=True)],
        [names.caregiver(*who, numbers)
         for who, numbers in zip(zip(drawn.caregiver.tolist(), drawn.region.tolist(), strict=True),
                                 dice.numbers("caregiver name", len(drawn)), strict=True)],
        [names.provider(*who, numbers)
         for who, numbers in zip(zip(offering.kind.tolist(), offering.region.tolist(), strict=True),
                                 dice.numbers("provider name", len(offering)), strict=True)],
    )
