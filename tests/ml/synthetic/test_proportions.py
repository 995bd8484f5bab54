"""What is drawn comes out in the proportions it is to have, on 5,000 families."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import made_up
import numpy as np
import pytest

from ml import records, schedule, synth
from ml.frames import BANDS, months_between
from ml.schedule import DAY
from ml.synthetic import mix, places, regions, weeks
from ml.synthetic.dice import Dice


@pytest.fixture(scope="module")
def children(peru: Path) -> list[made_up.Row]:
    return made_up.read(peru, synth.FAMILIES)


@pytest.fixture(scope="module")
def families(children: list[made_up.Row]) -> list[made_up.Row]:
    return list({row["family_ref"]: row for row in children}.values())


@pytest.fixture(scope="module")
def providers(peru: Path) -> list[made_up.Row]:
    return made_up.read(peru, synth.PROVIDERS)


def share(rows: list[made_up.Row], column: str, *values: str) -> float:
    return sum(row[column] in values for row in rows) / len(rows)


def test_families_have_one_two_or_three_children(children: list[made_up.Row]) -> None:
    sizes = Counter(Counter(row["family_ref"] for row in children).values())
    found = [sizes[count] / 5000 for count in (1, 2, 3)]
    assert found == pytest.approx(mix.CHILDREN, abs=0.02)


def test_ages_are_nearly_flat(children: list[made_up.Row]) -> None:
    days = [np.array([row[column] for row in children], dtype="datetime64[D]")
            for column in ("child_birth_date", "start_date")]
    months = months_between(*days)
    counts = np.bincount(months, minlength=mix.OLDEST + 1)[mix.YOUNGEST :]
    assert (months.min(), months.max()) == (mix.YOUNGEST, mix.OLDEST)
    assert counts.min() > 0.65 * counts.mean()
    assert counts.max() < 1.35 * counts.mean()


def test_siblings_are_a_year_apart_or_twins(children: list[made_up.Row]) -> None:
    by_family: dict[str, list[date]] = {}
    for row in children:
        by_family.setdefault(row["family_ref"], []).append(date.fromisoformat(row["child_birth_date"]))
    gaps = [abs((one - other).days) for births in by_family.values() if len(births) == 2
            for one, other in [births]]
    assert all(gap < 31 or gap > 330 for gap in gaps)
    assert sum(gap < 31 for gap in gaps) / len(gaps) == pytest.approx(mix.TWINS, abs=0.02)


@pytest.mark.parametrize(("day", "wanted"), [(5, 0.45), (6, 0.15)])
def test_saturday_and_sunday(families: list[made_up.Row], day: int, wanted: float) -> None:
    weeks_ = [schedule.parse(row["schedule"]) for row in families]
    begins = [any(start // DAY == day for start, _ in week.spans)
              or any(start < day * DAY + 8 * 60 < end for start, end in week.spans) for week in weeks_]
    assert np.mean(begins) == pytest.approx(wanted, abs=0.05)  # a night that ends on that morning counts too


def test_every_kind_of_work_has_its_share_and_its_hours() -> None:
    work = Dice(7).pick("work", mix.WORK_SHARE, 5000)
    hours = weeks.needed(Dice(7), work)
    assert [(work == place).mean() for place in range(6)] == pytest.approx(mix.WORK_SHARE, abs=0.02)
    begin = [np.mean([one.start for one, which in zip(hours, work, strict=True) if which == place]) / 60
             for place in range(6)]
    assert begin[0] == pytest.approx(4, abs=0.25)
    assert begin[1] == pytest.approx(9, abs=0.25)
    assert begin[4] == pytest.approx(19, abs=0.25)
    assert np.mean([one.saturday is not None for one in hours]) == pytest.approx(0.45, abs=0.03)
    assert np.mean([one.sunday is not None for one in hours]) == pytest.approx(0.15, abs=0.02)


def test_schedules_are_as_they_are_read(families: list[made_up.Row], providers: list[made_up.Row]) -> None:
    for row in [*families, *providers]:
        week = schedule.parse(row["schedule"])
        assert schedule.parse(week.text()) == week
        assert week.minutes >= 6 * 60


def test_families_live_where_the_people_are(families: list[made_up.Row]) -> None:
    region = Counter(regions.region(row["ubigeo"]) for row in families)
    land = places.country(made_up.districts())
    for place in range(4):
        wanted = land.people[land.region == place].sum() / land.people.sum()
        assert region[place] / 5000 == pytest.approx(wanted, abs=0.12)  # ten hubs: a tenth is one of them


def test_homes_lie_around_their_districts(families: list[made_up.Row]) -> None:
    centre = {one.code: one for one in made_up.districts()}
    north = np.array([float(row["latitude"]) - centre[row["ubigeo"]].latitude for row in families]) * places.KM
    assert 0.7 < north.std() < 1.6
    assert np.abs(north).max() < 6


def test_quechua_is_told_by_its_variant(families: list[made_up.Row]) -> None:
    spoken = {row["ubigeo"][:2]: set() for row in families}
    for row in families:
        spoken[row["ubigeo"][:2]] |= set(row["language"].split(";"))
    for department, languages in spoken.items():
        known = {language for language, _ in regions.TONGUES.get(department, ())}
        assert languages <= known | {"es"}


def test_the_share_of_a_language_is_its_departments() -> None:
    aims = (np.arange(10_000) + 0.5) / 10_000
    found = Counter(regions.tongue("210101", float(aim)) for aim in aims)
    assert {language: count / 10_000 for language, count in found.items()} == pytest.approx(
        {"quz": 0.40, "ay": 0.28, "": 0.32})


@pytest.mark.parametrize(("column", "values", "wanted"), [
    ("sisfoh", mix.SISFOH, mix.SISFOH_SHARE), ("consent_training", ("yes",), (0.66,)),
    ("consent_matching", ("yes",), (0.97,)), ("consent_services", ("yes",), (1.0,)),
])
def test_families_answer_in_these_shares(
    families: list[made_up.Row], column: str, values: tuple[str, ...], wanted: tuple[float, ...]
) -> None:
    assert [share(families, column, value) for value in values] == pytest.approx(wanted, abs=0.025)


def test_special_needs_of_children(children: list[made_up.Row]) -> None:
    assert 1 - share(children, "child_special_needs", "") == pytest.approx(mix.NEED_SHARE, abs=0.015)
    assert {code for row in children for code in row["child_special_needs"].split(";")} >= {"autism", "physical"}


def test_the_poorest_pay_least(families: list[made_up.Row]) -> None:
    budget = {status: np.mean([float(row["max_monthly_fee_pen"]) for row in families if row["sisfoh"] == status])
              for status in mix.SISFOH}
    assert budget["pobre_extremo"] < budget["pobre"] < budget["no_pobre"]
    assert 70 < budget["pobre"] < 220


def test_no_document_and_no_telephone_is_made_up(families: list[made_up.Row]) -> None:
    assert {(row["caregiver_dni"], row["phone"]) for row in families} == {("", "")}


def test_providers_are_of_four_kinds(providers: list[made_up.Row]) -> None:
    assert [share(providers, "kind", kind) for kind in mix.KINDS] == pytest.approx(mix.KIND_SHARE, abs=0.04)
    assert [share(providers, "vetting_status", one) for one in mix.STATUSES] == pytest.approx(mix.STATUS, abs=0.03)


def test_approved_providers_have_seats_for_83_of_100_children(
    children: list[made_up.Row], providers: list[made_up.Row]
) -> None:
    counted = [row for row in providers if row["vetting_status"] == "approved"
               and row["vetting_valid_until"] >= synth.DAY.isoformat()]
    seats = [[int(row[f"seats_{band}"]) for row in counted] for band in BANDS]
    assert np.sum(seats) / len(children) == pytest.approx(mix.SUPPLY, abs=0.03)
    assert all(np.sum(band) > 0 for band in seats)


def test_most_children_have_somebody_admissible(peru: Path, children: list[made_up.Row]) -> None:
    reached = {row["child_ref"] for row in made_up.read(peru, synth.TRUTH)}
    assert len(reached) / len(children) > 0.7


def test_the_rows_are_of_the_day(peru: Path) -> None:
    rows, _ = records.families(peru / synth.FAMILIES, synth.DAY, {}, print)
    ahead = [(row["start_date"] - synth.DAY).days for row in rows]
    assert (min(ahead), max(ahead)) == (3, 60)
