"""The files: the same bytes for a seed, good rows for the matcher's reader, whole or not at all."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import made_up
import pytest
from click.testing import CliRunner, Result
from needs import small_bank

from ml import commands, records, schema, synth
from ml.commands import Outputs
from ml.run import Settings
from portal import places
from portal.cli import cli


def ordered(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["synth", *arguments])


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for seed in ("1", "4242"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
            found.append(fresh.submit(made_up.written_bytes, tmp_path / seed / "files", 150, 60).result())
    (one_hash, one), (other_hash, other) = found
    assert one_hash != other_hash
    assert one == other
    assert all(b"\r" not in held and held.endswith(b"\n") for held in one)


def test_another_seed_makes_other_people(tmp_path: Path) -> None:
    asked = made_up.settings(made_up.written(tmp_path / "files", 60, 20), 60, 20)
    before = (tmp_path / "files" / synth.FAMILIES).read_text(encoding="utf-8").splitlines()
    assert synth.write(replace(asked, seed=8), made_up.districts(), tmp_path / "files") == 0
    after = (tmp_path / "files" / synth.FAMILIES).read_text(encoding="utf-8").splitlines()
    assert set(before) & set(after) == {before[0]}


def test_every_row_reads_back_good(peru: Path) -> None:
    said: list[str] = []
    families, bad = records.families(peru / synth.FAMILIES, synth.DAY, {}, said.append)
    providers, worse = records.providers(peru / synth.PROVIDERS, {}, said.append)
    assert (bad, worse, said) == (0, 0, [])
    assert len({row["family_ref"] for row in families}) == 5000
    assert len(providers) == 1500


@pytest.mark.parametrize(("name", "columns"), [(synth.FAMILIES, schema.FAMILIES), (synth.PROVIDERS, schema.PROVIDERS)])
def test_the_columns_stand_in_the_order_of_the_schema(peru: Path, name: str, columns: dict[str, object]) -> None:
    assert list(made_up.read(peru, name)[0]) == list(columns)


def test_the_matcher_runs_on_them(tmp_path: Path) -> None:
    folder = made_up.written(tmp_path / "files", 40, 30)
    outputs = Outputs(tmp_path / "suggestions.csv", plan=tmp_path / "plan.csv")
    asked = Settings(synth.DAY, 5, centres=places.centres())
    assert commands.match(folder / synth.FAMILIES, folder / synth.PROVIDERS, outputs, asked) == 0
    suggested = made_up.read(tmp_path, "suggestions.csv")
    admissible = {(row["child_ref"], row["provider_ref"]) for row in made_up.read(folder, synth.TRUTH)}
    assert suggested
    assert {(row["child_ref"], row["provider_ref"]) for row in suggested} <= admissible


@pytest.mark.parametrize(("families", "providers"), [(1, 1), (1, 40), (600, 1)])
def test_the_smallest_populations_can_be_made(tmp_path: Path, families: int, providers: int) -> None:
    folder = made_up.written(tmp_path / "files", families, providers)
    assert len({row["family_ref"] for row in made_up.read(folder, synth.FAMILIES)}) == families
    assert len(made_up.read(folder, synth.PROVIDERS)) == providers


def test_the_command_writes_the_files_and_says_how_many(tmp_path: Path) -> None:
    bank = small_bank(tmp_path / "bank")
    done = ordered("--families", "30", "--providers", "9", "--seed", "3", "--out", f"{tmp_path / 'out'}", "--bank",
                   f"{bank}", "--grammar", "test", "--truth-families", "5", "--on", "2027-02-01")
    assert done.exit_code == 0
    assert done.stderr.startswith("30 families, ")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        synth.FAMILIES, synth.PROVIDERS, synth.TRUTH]
    rows = made_up.read(tmp_path / "out", synth.FAMILIES)
    assert min(date.fromisoformat(row["start_date"]) for row in rows) > date(2027, 2, 1)
    assert {row["family_ref"] for row in made_up.read(tmp_path / "out", synth.TRUTH)} <= {
        f"f000000{one}" for one in range(1, 6)}


@pytest.mark.parametrize("wrong", [("--families", "0"), ("--seed", "x"), ("--grammar", "dev")])
def test_wrong_usage_is_said_and_ends_with_2(tmp_path: Path, wrong: tuple[str, str]) -> None:
    usual = {"--families": "5", "--providers": "5", "--seed": "1", "--out": f"{tmp_path / 'out'}"}
    done = ordered(*(piece for pair in {**usual, wrong[0]: wrong[1]}.items() for piece in pair))
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_without_a_bank_nothing_is_written_and_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = ordered("--families", "5", "--providers", "5", "--seed", "1", "--out", f"{tmp_path / 'out'}", "--bank",
                   f"{tmp_path / 'empty'}")
    assert (done.exit_code, done.stderr) == (1, "empty: no bank of needs here (no TOML file)\n")
    assert not (tmp_path / "out").exists()


def test_old_decisions_are_not_left_beside_new_families(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_up.written(tmp_path / "files", 30, 10)
    before = (folder / synth.FAMILIES).read_bytes()
    other = replace(made_up.settings(folder, 30, 10), seed=9, decisions=False)
    assert synth.write(other, made_up.districts(), folder) == 1
    assert "remove it, or ask for --decisions" in capsys.readouterr().err
    assert (folder / synth.FAMILIES).read_bytes() == before


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    folder = made_up.written(tmp_path / "files", 30, 10)
    before = {name: (folder / name).read_bytes() for name in made_up.FILES[:3]}
    (folder / synth.DECISIONS).unlink()
    (folder / synth.DECISIONS).mkdir()
    assert synth.write(replace(made_up.settings(folder, 30, 10), seed=9), made_up.districts(), folder) == 1
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert sorted(path.name for path in folder.iterdir()) == sorted(made_up.FILES)
