"""Odd texts from CSV to CSV: each is read or named with its line, and nobody else's suggestions change."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import population
import pytest

from ml import commands, run, schema
from ml.commands import Outputs
from ml.lines import SUGGESTION
from ml.reading import READ
from ml.run import Settings

ODD = {
    "html": "<script>alert('x')</script> <b>Busco</b> cuidado &amp; cariño para mi hija.<br/>",
    "hebrew": "אני מחפשת מישהו שישמור על הבת שלי. תודה רבה.", "arabic": "أبحث عن من يعتني بابنتي. شكرا جزيلا.",
    "emoji": "👶🏽🙏 Busco quien cuide a mi bebé 👩‍👧‍👦❤️. 🎉🎉🎉", "only emoji": "🙂🙂🙂", "formula": '=HYPERLINK("http://x","y")',
    "separators": "Busco\u2028cuidado\u0085para mi hija.\nSalgo \"temprano\", a las 5;\r\nvuelvo tarde.",
    "long": "Trabajo mucho. " * 600, "marks": "¿?¡!…—\u200f\u202e\ufeff\u0301",
}
NUL = "Busco \x00 cuidado."


Found = tuple[int, str, list[dict[str, str]]]


def matched(folder: Path, text: str, every: int, reported: pytest.CaptureFixture[str]) -> Found:
    """Status, what was said, and the suggestions, where each `every`th story and profile is such a text."""
    families, providers = population.files(folder, 40, 30)
    for path, column, columns in ((families, "story", schema.FAMILIES), (providers, "profile", schema.PROVIDERS)):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows[::every]:
            row[column] = text
        population.save(path, rows, list(columns))
    outputs = Outputs(folder / "S.csv", folder / "W.csv", folder / "PLAN.csv", 1)
    done = commands.match(families, providers, outputs, Settings(population.ON, read=2))
    with (folder / "S.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return done, reported.readouterr().err, found


def test_few_children_are_read_for_and_many_where_it_is_asked_for() -> None:
    unasked, asked, not_at_all = (Settings(population.ON, read=read) for read in (None, 5, 0))
    assert [run.reads(unasked, children) for children in (1, run.JUDGED, run.JUDGED + 1)] == [READ, READ, 0]
    assert [run.reads(asked, children) for children in (1, 10**6)] == [5, 5]
    assert run.reads(not_at_all, 1) == 0


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_text_is_matched_like_any(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done, said, found = matched(tmp_path, ODD[kind], 1, capsys)
    assert done == 0
    assert ".csv:" not in said
    assert found
    assert tuple(found[0]) == SUGGESTION
    assert all(0 <= float(row["score"]) <= 1 for row in found)
    assert all(sum(json.loads(row["contributions"]).values()) == pytest.approx(float(row["score"])) for row in found)
    assert json.loads((tmp_path / "PLAN.json").read_text(encoding="utf-8"))["placed"] > 0


def test_a_text_with_a_nul_is_named_and_the_others_are_matched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done, said, found = matched(tmp_path, NUL, 50, capsys)
    assert done == 1
    assert "families_data.csv:2 row: story holds a NUL" in said
    assert "providers_data.csv:2 row: profile holds a NUL" in said
    assert found
    assert not {row["child_ref"] for row in found} & {"c0000"}
    assert not {row["provider_ref"] for row in found} & {"p0000"}
