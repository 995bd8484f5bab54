"""The operator's guide speaks of what there is: commands, services, secrets, and every alert."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml

from portal.cli import COMMANDS
from portal.commands import secret_files
from portal.commands.installation import new_secrets
from tests.docker.documents import DOCKER, ROOT
from tests.docker.programs import run

TEXT = (DOCKER / "OPERATIONS.md").read_text(encoding="utf-8")


def test_every_command_there_is() -> None:
    asked = set(re.findall(r"(?:manage\.py|portal\.cli) ([a-z]+)", TEXT)) - {"is"}
    assert {"keys", "operator", "backup", "restore", "audit", "bench"} <= asked
    assert asked <= set(COMMANDS)


WITH_VALUE = ("--entrypoint", "--volume")


def compose_lines() -> list[list[str]]:
    """Every `compose` command line of the guide, in words, without the word `compose`."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", TEXT, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`([^`]*\bcompose [^`]*)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
    assert all(re.match(r"(docker )?compose ", line) for line in lines if "compose " in line), lines
    return [shlex.split(line)[1:] for line in lines if line.startswith("compose ")]


def services_of(words: list[str]) -> list[str]:
    """The services a command line works on: of `exec` and `run` the one before the program's own words."""
    command, *rest = words
    found = []
    while rest:
        word = rest.pop(0)
        if word in WITH_VALUE:
            rest.pop(0)
        elif not word.startswith("-"):
            found.append(word)
    return found[:1] if command in ("exec", "run") else found


def test_every_service_there_is() -> None:
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    asked = {one for words in compose_lines() for one in services_of(words)}
    assert {"web-1", "database", "queue", "backup", "worker-1"} <= asked
    assert asked - {"of", "every", "service"} <= set(services)


def test_a_command_line_takes_what_it_needs_from_the_file_beside_compose_alone() -> None:
    """A value that one line gives and the next does not would make the containers anew with another host or version."""
    assert len(compose_lines()) > 15
    assert not re.search(r"\b[A-Z_]+=\S+ (docker )?compose|export AYNI|-e AYNI", TEXT)
    names = set(re.findall(r"^(\w+)=", secret_files.settings("ayni.example"), re.MULTILINE))
    assert set(re.findall(r"\bAYNI_[A-Z_]+", TEXT)) == {"AYNI_VERSION", "AYNI_BACKUP_RECIPIENTS"} <= names


def test_the_line_that_changes_the_version_does(tmp_path: Path) -> None:
    (command,) = re.findall(r"`(sed -i [^`]+)`", TEXT)
    (tmp_path / "docker").mkdir()
    file = tmp_path / "docker" / ".env"
    file.write_text(secret_files.settings("ayni.example"), encoding="utf-8")
    done = run(["/bin/sh", "-c", command.replace("git rev-parse --short HEAD", "echo 4fb23b4")], folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert file.read_text(encoding="utf-8") == secret_files.settings("ayni.example").replace("=first", "=4fb23b4")


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


def test_the_way_back_keeps_the_images_that_were() -> None:
    """With a build an image that is gone would be made anew of the newer code, under the older name."""
    assert re.search(r"^5\. Back: .*docker/\.env.*`--no-build`", TEXT, re.MULTILINE)
