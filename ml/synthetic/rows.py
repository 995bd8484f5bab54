"""The population as the lines of its files. Figures have a fixed number of digits, so that a seed gives the same bytes.

No documents and no telephones: a made-up one could be somebody's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ml.frames import BANDS, needs_codes
from ml.synthetic import mix
from ml.synthetic.grammar import Grammar
from ml.synthetic.population import Population

Line = tuple[str | int, ...]
_YES = ("no", "yes")


def family_ref(row: int) -> str:
    """`f0000001` is the first."""
    return f"f{row + 1:07d}"


def child_ref(row: int, number: int) -> str:
    """`f0000001-1` is the first family's first child."""
    return f"{family_ref(row)}-{number + 1}"


def provider_ref(row: int) -> str:
    """`p0000001` is the first."""
    return f"p{row + 1:07d}"


def families(population: Population, grammar: Grammar) -> Iterator[Line]:
    """A line a child, in the order of schema.FAMILIES."""
    children, first = population.children, 0
    for row, story in enumerate(population.stories(grammar)):
        before, after = _shared(population, row, story)
        for child in range(first, first + int(population.families.children[row])):
            needs = ";".join(needs_codes(int(children.needs[child])))
            yield (
                before[0], child_ref(row, int(children.number[child])), *before[1:], population.child_names[child],
                mix.SEXES[children.sex[child]], str(children.birth[child]), str(children.start[child]), needs, after,
            )
        first += int(population.families.children[row])


def _shared(population: Population, row: int, story: str) -> tuple[list[str | int], str]:
    """What all children of a family have in common: the columns up to the consents, and the schedule."""
    families = population.families
    homes = families.homes
    before = [
        family_ref(row), population.caregiver_names[row], "", "", ";".join(families.languages[row]),
        population.land.code[homes.district[row]], f"{homes.latitude[row]:.5f}", f"{homes.longitude[row]:.5f}",
        f"{families.reach[row]:.1f}", int(families.budget[row]), mix.SISFOH[families.sisfoh[row]],
        "together" if families.together[row] else "may_split", story,
        *(_YES[int(given)] for given in families.consents[row]),
    ]
    return before, families.hours[row].text()


def providers(population: Population, grammar: Grammar) -> Iterator[Line]:
    """A line a provider, in the order of schema.PROVIDERS."""
    offering = population.providers
    homes = offering.homes
    for row, profile in enumerate(population.profiles(grammar)):
        yield (
            provider_ref(row), population.provider_names[row], mix.KINDS[offering.kind[row]],
            population.land.code[homes.district[row]], f"{homes.latitude[row]:.5f}", f"{homes.longitude[row]:.5f}",
            ";".join(offering.languages[row]), int(offering.fee[row]), _YES[int(offering.subsidy[row])],
            offering.hours[row].text(), ";".join(needs_codes(int(offering.needs[row]))),
            *(int(offering.seats[row, band]) for band in range(len(BANDS))),
            mix.STATUSES[offering.status[row]], str(offering.valid_until[row]), profile,
        )
