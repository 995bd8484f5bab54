"""The operator's guide speaks of what there is: commands, services, secrets, and every alert."""

from __future__ import annotations

import re

import yaml

from portal.cli import COMMANDS
from portal.commands import secret_files
from portal.commands.installation import new_secrets
from tests.docker.documents import DOCKER, ROOT

TEXT = (DOCKER / "OPERATIONS.md").read_text(encoding="utf-8")


def test_every_command_there_is() -> None:
    asked = set(re.findall(r"(?:manage\.py|portal\.cli) ([a-z]+)", TEXT)) - {"is"}
    assert {"keys", "operator", "backup", "restore", "audit", "bench"} <= asked
    assert asked <= set(COMMANDS)


def test_every_service_there_is() -> None:
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    asked = re.findall(r"compose (?:exec|run|stop|logs)(?: --[a-z-]+(?: python)?)* ([a-z0-9][a-z0-9-]*)", TEXT)
    assert len(asked) >= 5
    assert set(asked) - {"of"} <= set(services)


def test_every_secret_is_spoken_of() -> None:
    secrets = new_secrets() | secret_files.network("ayni.example")
    assert {name for name in secrets if name not in TEXT} == set()


def test_every_alert_has_a_first_look() -> None:
    groups = yaml.safe_load((DOCKER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}
    assert len(alerts) >= 10
    assert {name for name in alerts if name not in TEXT} == set()


def test_the_files_it_names_are_there() -> None:
    files = set(re.findall(r"`((?:docker|\.github)/[\w./-]+\.\w+)`", TEXT))
    assert len(files) >= 3
    assert {name for name in files if not (ROOT / name).exists()} == set()
