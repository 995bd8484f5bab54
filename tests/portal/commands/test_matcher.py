"""`manage.py match` and `embed`: from files to files, and what they say of bad ones."""

from __future__ import annotations

import csv
import json
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from ml import schema
from ml.lines import ADDITION, SPARING, SUGGESTION, WHY
from portal.cli import cli
from tests.ml import population

DAY = ("--on", str(population.ON))


def manage(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return population.files(tmp_path, 40, 30)


def test_suggestions_and_why_not_are_written(files: tuple[Path, Path], tmp_path: Path) -> None:
    out, why = tmp_path / "out.csv", tmp_path / "why.csv"
    done = manage("match", *files, "--out", out, "--why-not", why, *DAY)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert tuple(rows(out)[0]) == SUGGESTION
    assert tuple(rows(why)[0]) == WHY
    suggested = {(row["child_ref"], row["provider_ref"]) for row in rows(out)}
    assert not suggested & {(row["child_ref"], row["provider_ref"]) for row in rows(why)}
    for row in rows(out):
        assert sum(json.loads(row["contributions"]).values()) == pytest.approx(float(row["score"]), abs=1e-9)


def test_the_same_files_make_the_same_suggestions(files: tuple[Path, Path], tmp_path: Path) -> None:
    outs = [tmp_path / name for name in ("one.csv", "two.csv")]
    for out in outs:
        assert manage("match", *files, "--out", out, *DAY).exit_code == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_fewer_can_be_kept(files: tuple[Path, Path], tmp_path: Path) -> None:
    manage("match", *files, "--out", tmp_path / "out.csv", "--keep", 1, *DAY)
    assert {row["rank"] for row in rows(tmp_path / "out.csv")} == {"1"}


def test_a_plan_gives_no_seat_twice(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = manage("match", *files, "--out", tmp_path / "out.csv", "--assign", tmp_path / "plan.csv", *DAY)
    assert done.exit_code == 0
    assert (tmp_path / "plan.json").exists()
    given = [row["provider_ref"] for row in rows(tmp_path / "plan.csv") if row["provider_ref"]]
    seats = {row["provider_ref"]: sum(int(row[name]) for name in row if name.startswith("seats_"))
             for row in rows(files[1])}
    assert all(given.count(ref) <= seats[ref] for ref in given)


def test_a_plan_can_be_given_less_time(files: tuple[Path, Path], tmp_path: Path) -> None:
    asked = ("match", *files, "--out", tmp_path / "out.csv", "--assign", tmp_path / "plan.csv", *DAY)
    assert manage(*asked, "--plan-seconds", 1).exit_code == 0
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["placed"] > 0
    assert manage(*asked, "--plan-seconds", 0).exit_code == 2


def test_a_plan_tells_how_long_each_stage_took(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = manage("match", *files, "--out", tmp_path / "out.csv", "--assign", tmp_path / "plan.csv", *DAY)
    stages = [line.split()[0] for line in done.stderr.splitlines()]
    assert stages == ["stage", "read", "encode", "candidates", "score", "write", "plan"]
    assert list(json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["stages"]) == stages[1:]


def test_families_whose_rows_lie_apart_find_what_they_find_together(files: tuple[Path, Path], tmp_path: Path) -> None:
    apart = tmp_path / "apart.csv"
    needs = rows(files[0])
    population.save(apart, needs[::2] + needs[1::2], list(schema.FAMILIES))
    outs = [tmp_path / name for name in ("one.csv", "two.csv")]
    whys = [tmp_path / name for name in ("one-why.csv", "two-why.csv")]
    for source, out, why in zip((files[0], apart), outs, whys, strict=True):
        assert manage("match", source, files[1], "--out", out, "--why-not", why, *DAY).exit_code == 0
    for one, two in (outs, whys):
        assert sorted(map(str, rows(one))) == sorted(map(str, rows(two)))
    assert list(dict.fromkeys(row["child_ref"] for row in rows(outs[1]))) == [
        row["child_ref"] for row in needs[::2] + needs[1::2]
        if row["child_ref"] in {row["child_ref"] for row in rows(outs[1])}
    ]


def test_a_bad_row_is_named_and_the_others_are_matched(files: tuple[Path, Path], tmp_path: Path) -> None:
    needs = rows(files[0])
    needs[0]["child_birth_date"] = "yesterday"
    population.save(files[0], needs, list(schema.FAMILIES))
    done = manage("match", *files, "--out", tmp_path / "out.csv", *DAY)
    assert done.exit_code == 1
    assert done.stderr.startswith("families_data.csv:2 child_birth_date:")
    found = {row["child_ref"] for row in rows(tmp_path / "out.csv")}
    assert found
    assert needs[0]["child_ref"] not in found


def test_who_did_not_consent_is_left_out_and_counted(files: tuple[Path, Path], tmp_path: Path) -> None:
    needs = rows(files[0])
    for row in needs[:2]:
        row["consent_matching"] = "no"
    population.save(files[0], needs, list(schema.FAMILIES))
    done = manage("match", *files, "--out", tmp_path / "out.csv", *DAY)
    assert (done.exit_code, done.stderr) == (
        0, "2 children are left out: their family did not consent to matching\n"
    )
    assert not {row["child_ref"] for row in needs[:2]} & {row["child_ref"] for row in rows(tmp_path / "out.csv")}


@pytest.mark.parametrize(("content", "said"), [
    (b"", "lacks the columns"), (b"family_ref,child_ref\n1,2\n", "lacks the columns"),
    (b"\xff\xfe\x00", "families.csv"), (b'"never closed\n', "families.csv:1"),
])
def test_a_file_that_is_no_such_table_is_refused_and_nothing_is_written(
    files: tuple[Path, Path], tmp_path: Path, content: bytes, said: str
) -> None:
    bad = tmp_path / "families.csv"
    bad.write_bytes(content)
    done = manage("match", bad, files[1], "--out", tmp_path / "out.csv")
    assert done.exit_code == 1
    assert said in done.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("arguments", [
    ("match", "nowhere.csv", "nowhere.csv", "--out", "out.csv"), ("match",), ("embed", "nowhere.txt", "--out", "v.npy"),
    ("embed", __file__, "--out", "v.npy", "--engine", "none"), ("match", __file__, __file__),
    ("match", __file__, __file__, "--out", "o.csv", "--keep", "0"),
    ("match", __file__, __file__, "--out", "o.csv", "--on", "24/12/2026"),
])
def test_wrong_usage_is_exit_status_two(arguments: tuple[str, ...]) -> None:
    assert manage(*arguments).exit_code == 2


def test_a_place_that_cannot_be_written_is_one_line(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = manage("match", *files, "--out", tmp_path / "no" / "folder" / "out.csv", *DAY)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert len(done.stderr.splitlines()) == 1


def test_a_text_a_line_is_a_row_each(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("Cuido niños.\n\nAbro de madrugada.\n", encoding="utf-8")
    done = manage("embed", tmp_path / "texts.txt", "--out", tmp_path / "v.npy")
    assert (done.exit_code, done.stdout) == (0, "")
    vectors = np.load(tmp_path / "v.npy")
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_texts_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_bytes(b"Hola\xff\n")
    done = manage("embed", tmp_path / "texts.txt", "--out", tmp_path / "v.npy")
    assert (done.exit_code, done.stderr) == (1, "texts.txt: not UTF-8 (byte 5)\n")
    assert not (tmp_path / "v.npy").exists()


def test_no_text_is_no_row(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").touch()
    assert manage("embed", tmp_path / "texts.txt", "--out", tmp_path / "v.npy").exit_code == 0
    assert np.load(tmp_path / "v.npy").shape == (0, 384)


def test_what_providers_could_add_is_written_beside_a_plan_or_alone(files: tuple[Path, Path], tmp_path: Path) -> None:
    needs, offers = rows(files[0]), rows(files[1])
    population.save(files[1], offers[:6], list(schema.PROVIDERS))
    asked = ("match", *files, "--out", tmp_path / "out.csv", *DAY)
    assert manage(*asked, "--assign", tmp_path / "plan.csv", "--additions", tmp_path / "add.csv").exit_code == 0
    found = rows(tmp_path / "add.csv")
    assert tuple(found[0]) == ADDITION
    assert {row["kind"] for row in found} <= {"seat", "hours", "training"}
    placed = [int(row["placed"]) for row in found if row["placed"]]
    assert placed == sorted(placed, reverse=True)
    assert 0 < placed[0] <= len(needs)
    assert manage(*asked, "--additions", tmp_path / "alone.csv").exit_code == 0
    assert (tmp_path / "alone.csv").read_bytes() == (tmp_path / "add.csv").read_bytes()


def test_a_second_list_spares_the_seats_that_many_seek(tmp_path: Path) -> None:
    """Few providers for many: their seats have a price, and a list by score minus it is another one."""
    files = population.files(tmp_path, 300, 30)
    out, second = tmp_path / "out.csv", tmp_path / "second.csv"
    assert manage("match", *files, "--out", out, "--sparing", second, "--keep", 30, *DAY).exit_code == 0
    found, first = rows(second), rows(out)
    assert tuple(found[0]) == SPARING
    scores = {(row["child_ref"], row["provider_ref"]): row["score"] for row in first}
    firsts = {row["child_ref"]: row["provider_ref"] for row in first if row["rank"] == "1"}
    moved = 0
    for child, mine in groupby(found, key=lambda row: row["child_ref"]):
        listed = list(mine)
        assert [int(row["rank"]) for row in listed] == list(range(1, len(listed) + 1))
        assert [row["score"] for row in listed] == [scores[child, row["provider_ref"]] for row in listed]
        worths = [float(row["score"]) - float(row["price"]) for row in listed]
        assert all(one >= later - 1e-9 for one, later in pairwise(worths))
        moved += listed[0]["provider_ref"] != firsts[child]
    assert moved > 0
    assert any(float(row["price"]) > 0 for row in found)


def test_a_locked_pair_stays_and_its_price_is_told(files: tuple[Path, Path], tmp_path: Path) -> None:
    asked = ("match", *files, "--out", tmp_path / "out.csv", "--assign", tmp_path / "plan.csv", *DAY)
    assert manage(*asked).exit_code == 0
    needs = rows(files[0])
    alone = {row["family_ref"] for row in needs if [one["family_ref"] for one in needs].count(row["family_ref"]) == 1}
    given = {row["child_ref"]: row["provider_ref"] for row in rows(tmp_path / "plan.csv")}
    other = next(row for row in rows(tmp_path / "out.csv")
                 if row["family_ref"] in alone and row["provider_ref"] != given[row["child_ref"]])
    locks = tmp_path / "locks.csv"
    locks.write_text(f"family_ref,provider_ref\n{other['family_ref']},{other['provider_ref']}\n", encoding="utf-8")
    assert manage(*asked, "--locks", locks).exit_code == 0
    (told,) = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["locks"]
    assert (told["family_ref"], told["provider_ref"]) == (other["family_ref"], other["provider_ref"])
    assert told["children_more"] > 0 or told["score_more"] > 0
    now = {row["child_ref"]: row["provider_ref"] for row in rows(tmp_path / "plan.csv")}
    assert now[other["child_ref"]] == other["provider_ref"]
    locks.write_text("family_ref,provider_ref\nnobody,p\n", encoding="utf-8")
    done = manage(*asked, "--locks", locks)
    assert (done.exit_code, done.stderr.splitlines()[0][:27]) == (1, "locks.csv:2 provider_ref: n")
    assert manage("match", *files, "--out", tmp_path / "out.csv", "--locks", locks).exit_code == 2
