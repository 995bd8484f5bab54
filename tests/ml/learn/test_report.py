"""metrics.json, report.html and card.md: whole, without scripts, in both languages, the same bytes, and honest."""

from __future__ import annotations

import copy
import html.parser
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ml.learn import card, registry, save, splits, training, work
from ml.learn.additive import Settings
from ml.learn.folder import Dataset
from ml.learn.methods import NAMES
from ml.learn.options import Options
from ml.learn.report import figures, page, svg
from ml.learn.report.words import WORDS, Words
from ml.learn.training import Learnt

OPTIONS = Options(settings=Settings(epochs=30, patience=10))


@pytest.fixture(scope="module")
def made(dataset: Dataset) -> tuple[Learnt, dict[str, Any]]:
    """A version and its metrics; the dataset is also the unseen one, with a truth that is one for all."""
    world = dataset.world
    assert world is not None
    truth = {(row["family_ref"], row["child_ref"], offer["provider_ref"]): 1.0
             for row in world.needs for offer in world.offers[:5]}
    return work.train(dataset, Options(settings=OPTIONS.settings, unseen=dataset, truth=truth))


@pytest.fixture(scope="module")
def metrics(made: tuple[Learnt, dict[str, Any]]) -> dict[str, Any]:
    return made[1]


def test_every_method_is_measured_on_every_split(metrics: dict[str, Any]) -> None:
    assert set(metrics["splits"]) == {*splits.KINDS, "unseen"}
    for found in metrics["splits"].values():
        assert tuple(found["methods"]) == NAMES
        assert found["missing"] == {}
        for one in found["methods"].values():
            assert {"shown", "approved", "probability", "reliability", "threshold"} <= set(one)
    assert "truth" in metrics["splits"]["unseen"]["methods"]["prior"]
    assert "admissible" in metrics["splits"]["family"]["methods"]["prior"]


def test_what_an_order_can_reach_is_told_where_the_truth_is_known(metrics: dict[str, Any]) -> None:
    found = metrics["splits"]["unseen"]
    ours = found["methods"]["additive"]["admissible"]["ndcg@10"]["value"]
    most, share = found["utility"]["ndcg@10"], found["utility"]["share"]
    assert share["value"] == pytest.approx(ours / most["value"], abs=1e-5)
    assert share["low"] <= share["value"] <= share["high"]
    assert metrics["splits"]["family"]["utility"] is None


def test_every_figure_has_its_interval_and_lies_in_it(metrics: dict[str, Any]) -> None:
    """ECE is above: resampling adds noise. So are ties of a threshold."""
    shown = metrics["splits"]["family"]["methods"]["additive"]["shown"]
    for one in shown.values():
        assert one["families"] > 0
        assert one["low"] <= one["value"] <= one["high"]


def test_the_text_is_json_without_nan(metrics: dict[str, Any]) -> None:
    text = save.metrics_text(metrics)
    assert json.loads(text) == json.loads(json.dumps(metrics))
    assert "NaN" not in text


def test_who_learns_beats_who_guesses(metrics: dict[str, Any]) -> None:
    found = metrics["splits"]["family"]["methods"]
    value = {name: one["approved"]["ndcg@10"]["value"] for name, one in found.items()}
    assert min(value["additive"], value["forest"], value["lambdamart"], value["logistic"]) > value["random"]
    assert found["random"]["approved"]["additive_less_this"]["low"] > 0


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.languages: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.seen.add(tag)
        self.outside += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag == "section":
            self.languages.append(str(given["lang"]))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_the_page_is_whole_and_asks_for_nothing(made: tuple[Learnt, dict[str, Any]]) -> None:
    learnt, metrics = made
    text = page.render(metrics, learnt.scorer)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.languages == ["es", "en"]
    assert tags.outside == []
    assert "script" not in tags.seen
    assert {"svg", "table"} <= tags.seen
    assert "nan" not in re.sub(r"<[^>]*>", " ", text).lower().split()
    assert page.render(metrics, learnt.scorer) == text


def test_both_languages_word_everything() -> None:
    for table in tomllib.loads(WORDS.read_text(encoding="utf-8")).values():
        for key, both in table.items():
            assert len(both) == 2, key
            assert all(word.strip() for word in both), key
            assert re.findall(r"{\w+}", both[0]).sort() == re.findall(r"{\w+}", both[1]).sort(), key


def rendered(made: tuple[Learnt, dict[str, Any]], **told: Any) -> str:
    learnt, metrics = made
    return page.render({**metrics, "seen": {**metrics["seen"], **told}}, learnt.scorer)


def test_the_page_says_whether_the_version_saw_the_families(made: tuple[Learnt, dict[str, Any]]) -> None:
    assert "What it was made from" in rendered(made)
    left = rendered(made, how="left_out", families_left_out=31, rows_left_out=244)
    assert "31 families (244 decisions) that the version learned from were left out" in left
    assert "31 familias (244 decisiones)" in left
    unsure = rendered(made, how="not_known")
    for words in ("cannot be known", "no se puede saber"):
        assert words in unsure
        assert words not in left
    for heading in ("Familias que el modelo no vio", "Families the model did not see"):
        assert heading in left
        assert heading not in unsure
    assert "set by hand" in rendered(made, how="nothing")


def test_the_page_names_the_facets_that_nobody_knows(made: tuple[Learnt, dict[str, Any]]) -> None:
    assert made[1]["fairness"]["not_known"] == ["area", "poverty", "caregiver_sex"]
    text = rendered(made)
    assert "nothing can be said of their groups: area, poverty quintile of the district (1 poorest), sex of" in text
    assert "no se puede decir nada: zona, quintil de pobreza del distrito (1 más pobre), sexo de quien cuida" in text
    assert "sex of the caregiver" in card.render(made[1], made[0].scorer)


def test_the_page_draws_the_scores_of_both_periods(made: tuple[Learnt, dict[str, Any]]) -> None:
    text = rendered(made)
    for title in ("How scores are spread", "Cómo se reparten los puntajes"):
        assert f'aria-label="{title}"' in text
    drawn = svg.steps("t", [("a", [0.5, 0.5]), ("b", [1.0, 0.0])])
    assert drawn.count("<path") == 3
    assert "V8.0H" in drawn


def test_a_baseline_that_wins_is_named(metrics: dict[str, Any]) -> None:
    found = copy.deepcopy(metrics["splits"])
    found["family"]["best"]["shown"] = {"method": "forest", "additive_is_behind": True, "additive_is_ahead": False}
    assert "gana bosque aleatorio" in figures.summary(Words("es"), found)[0]
    assert "not chance" in figures.summary(Words("en"), found)[0]
    found["family"]["best"]["shown"] = {"method": "additive", "additive_is_behind": False, "additive_is_ahead": True}
    assert "above all others" in figures.summary(Words("en"), found)[0]


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    one = {"value": -0.5, "low": -1.0, "high": None}
    assert Words("es").interval({**one, "high": 0.25}) == "−0,500 [−1,000; 0,250]"
    assert Words("en").number(None) == "–"


def test_the_card_says_what_it_is_not_for(made: tuple[Learnt, dict[str, Any]]) -> None:
    text = card.render(made[1], made[0].scorer)
    for words in ("MIT", "**Not for** refusing care", "no public data", "20%", made[0].scorer.version, "RBO"):
        assert words in text
    assert "{" not in text


def test_markup_in_a_code_stays_text(made: tuple[Learnt, dict[str, Any]]) -> None:
    learnt, metrics = made
    found = copy.deepcopy(metrics)
    groups = found["fairness"]["facets"]["language"]["groups"]
    groups["<script>x</script>"] = next(iter(groups.values()))
    assert "<script>" not in page.render(found, learnt.scorer)


def test_the_same_seed_gives_the_same_metrics(dataset: Dataset, examples: Any, by_family: Any) -> None:
    one, other = (training.learn(examples, by_family, OPTIONS.settings).scorer for _ in range(2))
    first, second = (save.metrics_text(work.validation(examples, each, 7)) for each in (one, other))
    assert first == second


def test_a_version_is_written_whole_and_twice_the_same(made: tuple[Learnt, dict[str, Any]], tmp_path: Path) -> None:
    learnt, metrics = made
    files = {"metrics.json": save.metrics_text(metrics), "card.md": card.render(metrics, learnt.scorer)}
    folder = save.version(tmp_path, learnt, files, save.about(metrics, "2026-11-24T08:00:00"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert registry.load(folder) == learnt.scorer
    save.version(tmp_path, learnt, files, save.about(metrics, "2026-11-24T08:00:00"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == [learnt.scorer.version]
    assert {path.suffix for path in folder.iterdir()} == {".json", ".md", ".safetensors"}
    assert registry.metrics(tmp_path, learnt.scorer.version)["seed"] == 7
