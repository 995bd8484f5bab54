"""What the demo's scenes share: who acts, when, and random numbers that depend on the seed alone."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from portal import audit, clock
from portal.policy import Actor

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Ngo:
    """An NGO of the demo and its people at work."""

    slug: str
    id: UUID
    caseworkers: tuple[Actor, ...]
    supervisors: tuple[Actor, ...]
    admin: Actor


@dataclass(frozen=True)
class Stage:
    """The moment the demo is loaded at, and its dice."""

    now: datetime
    dice: random.Random
    issued: set[str] = field(default_factory=set)

    @contextmanager
    def days_ago(self, days: float, actor: Actor) -> Iterator[Actor]:
        """Inside, it is that long ago and this person acts."""
        with clock.at(self.now - timedelta(days=days)), audit.acting_as(audit.Author(actor.id, actor.name, "demo")):
            yield actor

    def dni(self) -> str:
        """Eight digits nobody has been given, not even here: the demo's begin with 00."""
        number = f"00{self.dice.randrange(10**6):06d}"
        if number in self.issued:
            return self.dni()
        self.issued.add(number)
        return number

    def phone(self) -> str:
        return f"9{self.dice.randrange(10**8):08d}"

    def near(self, centre: tuple[float, float], spread: float = 0.018) -> tuple[float, float]:
        """A point about two kilometres around, on the grid places are kept on (0.005 degrees)."""
        return tuple(round((one + self.dice.uniform(-spread, spread)) / 0.005) * 0.005 for one in centre)


def records(name: str) -> list[dict[str, Any]]:
    """The records of a data file."""
    with (DATA / f"{name}.toml").open("rb") as file:
        (found,) = tomllib.load(file).values()
    return found
