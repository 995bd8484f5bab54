"""What the rules and the score look at: one row a child, one row a provider.

Axes, the same in the whole package: q children, n providers, u units placed together, d embedding, s sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ml.nearby import Strips, sphere
from ml.schedule import Week

NEEDS = (
    "physical", "sensory_visual", "sensory_hearing", "intellectual", "autism", "medical_device", "allergy", "asthma",
    "epilepsy", "diet",
)
BANDS = ("0_11m", "12_23m", "24_35m", "36_71m")
BAND_ENDS = (12, 24, 36, 72)  # months

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Texts = NDArray[np.str_]
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Coded(Generic[Value]):
    """A column with few different values: each is kept, and compared, once. Row i holds values[place[i]]."""

    values: tuple[Value, ...]
    place: Ints

    @classmethod
    def of(cls, rows: Iterable[Value]) -> Coded[Value]:
        """From the values row by row."""
        places: dict[Value, int] = {}
        place = [places.setdefault(value, len(places)) for value in rows]
        return cls(tuple(places), np.array(place, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, row: int) -> Value:
        return self.values[int(self.place[row])]

    def some(self, rows: Ints) -> Coded[Value]:
        """The column of some rows, with the values that occur in them alone."""
        used, place = np.unique(self.place[rows], return_inverse=True)
        return Coded(tuple(self.values[value] for value in used.tolist()), place.astype(np.int64))

    def where(self, holds: Callable[[Value], bool]) -> Bools:
        """(rows,) whether something holds for the row's value."""
        found = np.array([holds(value) for value in self.values], dtype=np.bool_)
        return found[self.place]


@dataclass(frozen=True)
class Child:
    """One child who needs care. Money in soles a month, distance in km, degrees WGS84; None where nobody knows."""

    ref: str
    family: str
    birth: date
    start: date
    latitude: float | None = None
    longitude: float | None = None
    max_km: float | None = None
    max_fee: float | None = None
    together: bool = True  # with its siblings in one place
    needs: Sequence[str] = ()
    schedule: Week = Week()
    languages: Sequence[str] = ()  # the preferred one first
    language_required: bool = False
    excluded: frozenset[str] = frozenset()  # provider refs and district codes never to be matched


@dataclass(frozen=True)
class Provider:
    """One provider; `seats` are the free ones in each of `BANDS`, `away` the first and last day of a leave."""

    ref: str
    ubigeo: str = ""
    status: str = "approved"
    valid_until: date | None = None
    latitude: float | None = None
    longitude: float | None = None
    fee: float | None = None
    accepts_subsidy: bool = False
    needs: Sequence[str] = ()
    schedule: Week = Week()
    seats: Sequence[int] = (0, 0, 0, 0)
    languages: Sequence[str] = ()
    away: tuple[date | None, date | None] = (None, None)


@dataclass(frozen=True)
class Children:
    """(q,) columns of children, as in `Child`."""

    ref: Texts
    family: Ints  # children with one number are one family
    together: Bools
    birth: Days
    start: Days
    latitude: Floats
    longitude: Floats
    max_km: Floats
    max_fee: Floats
    needs: Ints  # bit i set: NEEDS[i]
    schedule: Coded[Week]
    languages: Coded[tuple[str, ...]]
    language_required: Bools
    excluded: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        return len(self.ref)

    @cached_property
    def band(self) -> Ints:
        """(q,) age band on the start date: 0..3, -1 when too old or not yet born."""
        months = months_between(self.birth, self.start)
        band = np.searchsorted(np.array(BAND_ENDS), months, side="right")
        return np.where((months < 0) | (band >= len(BANDS)), -1, band).astype(np.int64)

    @cached_property
    def point(self) -> tuple[Floats, Floats, Floats]:
        """(q,) places on the unit sphere."""
        return sphere(self.latitude, self.longitude)


@dataclass(frozen=True)
class Providers:
    """(n,) columns of providers, as in `Provider`; NaN and NaT where nobody knows."""

    ref: Texts
    ubigeo: Texts
    status: Texts
    valid_until: Days
    latitude: Floats
    longitude: Floats
    fee: Floats
    accepts_subsidy: Bools
    needs: Ints
    schedule: Coded[Week]
    seats: Ints  # (n, 4)
    languages: Coded[tuple[str, ...]]
    away_from: Days
    away_until: Days

    def __len__(self) -> int:
        return len(self.ref)

    @cached_property
    def point(self) -> tuple[Floats, Floats, Floats]:
        """(n,) places on the unit sphere."""
        return sphere(self.latitude, self.longitude)

    @cached_property
    def strips(self) -> Strips:
        """For finding those who live near."""
        return Strips.of(self.latitude, self.longitude)

    @cached_property
    def standing(self) -> Coded[str]:
        """(n,) the status."""
        return Coded.of(self.status.tolist())

    @cached_property
    def turn(self) -> Ints:
        """(n,) place in the order of the refs: who goes first among equals."""
        turn = np.empty(len(self), dtype=np.int64)
        turn[np.argsort(self.ref, kind="stable")] = np.arange(len(self))
        return turn


@dataclass(frozen=True)
class Rules:
    """What an NGO decided about the hard rules."""

    vetting_margin_days: int = 0
    conditional_may_match: bool = False
    subsidy: float = 0.0  # soles a month the NGO adds where the provider accepts it
    today: date | None = None  # vetting must be valid today too, where a start date lies in the past
    unknown_may_pass: frozenset[str] = field(default_factory=lambda: frozenset({"language"}))


def children(rows: Sequence[Child], families: dict[str, int] | None = None) -> Children:
    """The frame of children; an unknown need raises ValueError.

    `families` are numbers given before; those of new families are added to it.
    """
    families = {} if families is None else families
    return Children(
        ref=_texts(row.ref for row in rows),
        family=np.array([families.setdefault(row.family, len(families)) for row in rows], dtype=np.int64),
        together=np.array([row.together for row in rows], dtype=np.bool_),
        birth=_days(row.birth for row in rows), start=_days(row.start for row in rows),
        latitude=_floats(row.latitude for row in rows), longitude=_floats(row.longitude for row in rows),
        max_km=_floats(row.max_km for row in rows), max_fee=_floats(row.max_fee for row in rows),
        needs=np.array([needs_mask(row.needs) for row in rows], dtype=np.int64),
        schedule=Coded.of(row.schedule for row in rows), languages=Coded.of(tuple(row.languages) for row in rows),
        language_required=np.array([row.language_required for row in rows], dtype=np.bool_),
        excluded=tuple(frozenset(row.excluded) for row in rows),
    )


def providers(rows: Sequence[Provider]) -> Providers:
    """The frame of providers; an unknown need or a negative seat raises ValueError."""
    seats = np.array([tuple(row.seats) for row in rows], dtype=np.int64).reshape(len(rows), len(BANDS))
    if (seats < 0).any():
        raise ValueError(f"seats of {rows[int(np.argwhere(seats < 0)[0, 0])].ref} are negative")
    return Providers(
        ref=_texts(row.ref for row in rows), ubigeo=_texts(row.ubigeo for row in rows),
        status=_texts(row.status for row in rows), valid_until=_days(row.valid_until for row in rows),
        latitude=_floats(row.latitude for row in rows), longitude=_floats(row.longitude for row in rows),
        fee=_floats(row.fee for row in rows),
        accepts_subsidy=np.array([row.accepts_subsidy for row in rows], dtype=np.bool_),
        needs=np.array([needs_mask(row.needs) for row in rows], dtype=np.int64),
        schedule=Coded.of(row.schedule for row in rows), seats=seats,
        languages=Coded.of(tuple(row.languages) for row in rows),
        away_from=_days(row.away[0] for row in rows), away_until=_days(row.away[1] for row in rows),
    )


def _texts(values: Iterable[str]) -> Texts:
    return np.array(list(values), dtype=np.str_)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _days(values: Iterable[date | None]) -> Days:
    return np.array([np.datetime64("NaT") if value is None else value for value in values], dtype="datetime64[D]")


def months_between(birth: Days, on: Days) -> Ints:
    """Whole months of age, (q,)."""
    first, last = birth.astype("datetime64[M]"), on.astype("datetime64[M]")
    day_of = (birth - first.astype("datetime64[D]")).astype(np.int64)
    day_on = (on - last.astype("datetime64[D]")).astype(np.int64)
    months: Ints = (last - first).astype(np.int64) - (day_on < day_of)
    return months


def needs_mask(codes: Iterable[str]) -> int:
    """The bits of needs; an unknown code raises ValueError."""
    found = set(codes)
    if found - set(NEEDS):
        raise ValueError(f"needs that do not exist: {', '.join(sorted(found - set(NEEDS)))}")
    return sum(1 << NEEDS.index(code) for code in found)


def needs_codes(mask: int) -> list[str]:
    """The needs of a mask."""
    return [code for bit, code in enumerate(NEEDS) if mask >> bit & 1]
