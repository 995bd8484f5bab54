"""The providers: kind, hours, fees, languages, training, vetting, and seats for about 83 of 100 children who wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ml.frames import NEEDS, Bools, Days, Floats, Ints
from ml.synthetic import mix, regions, weeks
from ml.synthetic.dice import Dice
from ml.synthetic.places import Country, Homes
from ml.synthetic.weeks import Hours


@dataclass(frozen=True)
class Providers:
    """(n,) columns; places in the tuples of `mix` where they are whole numbers.

    `quality` (0..1) is in no column: how good the care is that nobody wrote down.
    """

    homes: Homes
    region: Ints
    kind: Ints
    languages: list[tuple[str, ...]]
    fee: Ints  # soles a month
    subsidy: Bools
    opening: Ints  # in mix.HOURS
    hours: list[Hours]
    needs: Ints  # bits as in frames.NEEDS
    seats: Ints  # (n, 4)
    status: Ints
    valid_until: Days
    quality: Floats

    def __len__(self) -> int:
        return len(self.kind)


def draw(dice: Dice, land: Country, homes: Homes, waiting: tuple[int, date]) -> Providers:
    """A provider for each home; `waiting` are the children there are and the day of the population."""
    rows, region = len(homes.hub), land.region[homes.district]
    kind = dice.pick("kind", mix.KIND_SHARE, rows)
    opening, hours = weeks.offered(dice, kind)
    status = dice.pick("status", mix.STATUS, rows)
    valid = _valid_until(dice, rows, waiting[1])
    counted = (status == mix.STATUSES.index("approved")) & (valid >= np.datetime64(waiting[1]))
    return Providers(
        homes, region, kind, _languages(dice, land, homes), _fee(dice, kind, region),
        dice.chance("subsidy", np.array(mix.SUBSIDY)[kind], rows), opening, hours, _needs(dice, kind),
        _seats(dice, kind, counted, waiting[0]), status, valid, dice.uniform("quality", rows),
    )


def _valid_until(dice: Dice, rows: int, on: date) -> Days:
    """Some months from the day of the population; lapsed some weeks before it for a few."""
    ahead = dice.whole("valid", 5, mix.LONGEST_VALID, rows)
    lapsed = dice.chance("lapsed", mix.LAPSED, rows)
    days: Days = np.datetime64(on) + np.where(lapsed, -(ahead % 60) - 1, ahead).astype("timedelta64[D]")
    return days


def _languages(dice: Dice, land: Country, homes: Homes) -> list[tuple[str, ...]]:
    """Nearly all speak Spanish; the indigenous language as often as the families, and a little more."""
    rows = len(homes.hub)
    aim, only = dice.uniform("language", rows) / 1.15, dice.uniform("only", rows)
    spoken = (
        regions.tongue(land.code[district], one)
        for district, one in zip(homes.district.tolist(), aim.tolist(), strict=True)
    )
    return [
        ("es",) if not tongue else (tongue,) if alone < 0.05 else ("es", tongue)
        for tongue, alone in zip(spoken, only.tolist(), strict=True)
    ]


def _fee(dice: Dice, kind: Ints, region: Ints) -> Ints:
    """In tens of soles."""
    low, high = np.array(mix.FEE)[kind].T
    drawn = dice.between("fee", low, high, len(kind)) * np.array(mix.PAY_LEVEL)[region]
    free = dice.chance("free", np.array(mix.FREE)[kind], len(kind))
    return np.where(free, 0, np.floor(drawn / 10.0) * 10).astype(np.int64)


def _needs(dice: Dice, kind: Ints) -> Ints:
    """Each need by chance, all of them for a few."""
    trained = dice.uniform("trained", len(kind), len(NEEDS)) < np.array(mix.TRAINED)[kind][:, None]
    trained |= dice.chance("trained in all", mix.ALL_NEEDS, len(kind))[:, None]
    mask: Ints = (trained * (1 << np.arange(len(NEEDS)))).sum(axis=1)
    return mask


def _seats(dice: Dice, kind: Ints, counted: Bools, children: int) -> Ints:
    """(n, 4) by kind and band, so that those of the counted providers come to the supply there is to be.

    Rounded at random, up as often as the fraction says, so that small homes do not all lose their halves.
    """
    rows, bands = len(kind), len(mix.CAPACITY[0])
    wanted = np.array(mix.CAPACITY)[kind] * (0.5 + dice.uniform("capacity", rows, bands))
    none = dice.uniform("no seat", rows, bands) < np.array(mix.NO_SEAT)
    wanted = np.where(none, 0.0, wanted)
    total = float(np.cumsum(wanted[counted])[-1]) if counted.any() else 0.0
    scale = mix.SUPPLY * children / total if total else 1.0
    return np.floor(wanted * scale + dice.uniform("rounding", rows, bands)).astype(np.int64)
