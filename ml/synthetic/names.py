"""Names of caregivers, children and providers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ml.synthetic import mix
from ml.synthetic.grammar import FOLDER
from ml.synthetic.regions import REGIONS


@cache
def _lists() -> Mapping[str, Mapping[str, Sequence[str]]]:
    held: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
    return held


def _one(names: Sequence[str], numbers: Iterator[int]) -> str:
    return names[next(numbers) % len(names)]


def caregiver(caregiver: int, region: int, numbers: Iterator[int]) -> str:
    """Given name and two surnames."""
    given = _lists()["given"]["m" if mix.CAREGIVERS[caregiver] == "father" else "f"]
    surnames = _lists()["surname"][REGIONS[region]]
    return " ".join((_one(given, numbers), _one(surnames, numbers), _one(surnames, numbers)))


def child(sex: int, numbers: Iterator[int]) -> str:
    """A given name; either kind where the sex is neither."""
    kind = mix.SEXES[sex]
    return _one(_lists()["child"][kind if kind in "fm" else "fm"[next(numbers) % 2]], numbers)


def provider(kind: int, region: int, numbers: Iterator[int]) -> str:
    """A home bears its owner's name, the others one of their own."""
    if mix.KINDS[kind] == "home":
        return f"{_one(_lists()['given']['f'], numbers)} {_one(_lists()['surname'][REGIONS[region]], numbers)}"
    return _one(_lists()["house"][mix.KINDS[kind]], numbers)
