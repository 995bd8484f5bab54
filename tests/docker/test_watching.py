"""Prometheus, its alerts and the board: every figure they ask for exists, and every alert speaks when it should."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from portal.commands import secret_files
from portal.commands.check import Check, run

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
ALERTS, CASES = DOCKER / "alerts.yml", ROOT / "tests/docker/alerts_test.yml"
BOARD = json.loads((DOCKER / "grafana/dashboards/ayni.json").read_text(encoding="utf-8"))
PROMTOOL, AMTOOL = shutil.which("promtool"), shutil.which("amtool")
NAME = re.compile(r"\bayni_[a-z_]+")
ENDS = re.compile(r"_(bucket|sum|count)$")
TOKEN = "t" * 40


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    return [rule for group in read(ALERTS)["groups"] for rule in group["rules"]]


def asked() -> set[str]:
    """Every figure an alert or the board asks for."""
    queries = [rule["expr"] for rule in rules()]
    queries += [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", [])]
    return {name for query in queries for name in NAME.findall(query)}


@pytest.fixture
def there(app: Flask) -> set[str]:
    """The name of every figure the portal and its worker can give, as Prometheus keeps it."""
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], metrics_token=TOKEN)
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    found: set[str] = set()
    for family in text_string_to_metric_families(answer.text):
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        found |= {family.name + end for end in ends}
    return found


def test_every_figure_that_is_asked_for_exists(there: set[str]) -> None:
    assert len(asked()) > 12
    assert asked() - there == set()


def test_every_figure_there_is_is_asked_for(there: set[str]) -> None:
    own = {name for name in there if name.startswith("ayni_") and not name.endswith("_created")}
    assert {ENDS.sub("", name) for name in own} - {ENDS.sub("", name) for name in asked()} == set()


def test_every_alert_says_what_to_do_and_how_urgent_it_is() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "action"}, rule["alert"]


def test_every_alert_has_a_case_in_which_it_speaks() -> None:
    spoken = {one["alertname"] for case in read(CASES)["tests"] for one in case["alert_rule_test"] if one["exp_alerts"]}
    assert spoken == {rule["alert"] for rule in rules()}


def test_no_figure_names_an_ngo_or_a_person() -> None:
    labels = set(re.findall(r'[{,]\s*([a-z_]+)\s*[=!]~?"', " ".join(rule["expr"] for rule in rules())))
    assert not labels & {"tenant", "ngo", "person", "user"}


def test_the_board_asks_the_datasource_that_is_provisioned() -> None:
    (source,) = read(DOCKER / "grafana/provisioning/datasources/prometheus.yml")["datasources"]
    assert {panel["datasource"]["uid"] for panel in BOARD["panels"] if panel["type"] != "row"} == {source["uid"]}
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    assert read(DOCKER / "grafana/provisioning/dashboards/ayni.yml")["providers"][0]["type"] == "file"


def test_no_two_panels_of_the_board_lie_on_each_other() -> None:
    cells = [
        (x, y) for panel in BOARD["panels"] for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.fixture
def alerting(tmp_path: Path) -> Path:
    """Who is told, as an installation begins."""
    file = tmp_path / "alertmanager.yml"
    file.write_text(secret_files.network("ayni.example")["ALERTMANAGER_CONFIG"], encoding="utf-8")
    return file


def test_prometheus_tells_the_service_that_tells_people() -> None:
    (told,) = read(DOCKER / "prometheus.yml")["alerting"]["alertmanagers"]
    assert told == {"static_configs": [{"targets": ["alertmanager:9093"]}]}
    services = read(DOCKER / "compose.yaml")["services"]
    assert "--config.file=/run/secrets/ALERTMANAGER_CONFIG" in services["alertmanager"]["command"]
    assert "ALERTMANAGER_CONFIG" in services["alertmanager"]["secrets"]
    assert set(services["alertmanager"]["networks"]) & set(services["prometheus"]["networks"])


def test_every_alert_goes_to_somebody_and_a_page_sooner(alerting: Path) -> None:
    found = read(alerting)
    sent = {one["name"]: [to["to"] for to in one["email_configs"]] for one in found["receivers"]}
    ways = {"ticket": found["route"], "page": found["route"]["routes"][0]}
    assert ways["page"]["matchers"] == ['severity="page"']
    assert all(sent[way["receiver"]] for way in ways.values())
    assert {name: way["repeat_interval"] for name, way in ways.items()} == {"ticket": "24h", "page": "1h"}


# For who has no amtool at hand: CI installs it, and there its absence fails.
@pytest.mark.skipif(not AMTOOL and not os.environ.get("CI"), reason="amtool (prometheus-alertmanager) is not installed")
def test_amtool_finds_nothing_wrong(alerting: Path) -> None:
    assert AMTOOL, "amtool is not installed"
    assert run(Check("amtool", ((AMTOOL, "check-config", str(alerting)),))) is None
    for severity in ("page", "ticket"):
        way = (AMTOOL, "config", "routes", "test", f"--config.file={alerting}", f"--verify.receivers={severity}",
               f"severity={severity}")
        assert run(Check("amtool", (way,))) is None


@pytest.mark.skipif(not PROMTOOL and not os.environ.get("CI"), reason="promtool (package prometheus) is not installed")
@pytest.mark.parametrize("arguments", [
    ("check", "rules", str(ALERTS)), ("check", "config", "--syntax-only", str(DOCKER / "prometheus.yml")),
    ("check", "config", "--syntax-only", str(DOCKER / "kubernetes/prometheus.yml")),
    ("test", "rules", str(CASES)),
], ids=" ".join)
def test_promtool_finds_nothing_wrong(arguments: tuple[str, ...]) -> None:
    assert PROMTOOL, "promtool is not installed"
    assert run(Check("promtool", ((PROMTOOL, *arguments),))) is None
