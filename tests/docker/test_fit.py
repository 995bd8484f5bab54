"""What compose and Kubernetes ask of our images is what the recipe puts into them: commands, accounts, paths, ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click
import pytest
import yaml

from portal.cli import COMMANDS, cli
from tests.docker.documents import DOCKER, KUBERNETES, Document, pods, read, written

RECIPE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
VOLUMES = set(re.findall(r'"(/[^"]+)"', re.findall(r"^VOLUME \[(.*)\]$", RECIPE, re.MULTILINE)[0]))
OURS = re.compile(r"(?:.*/)?ayni-(web|worker|trainer)(?::.*)?")
WRITTEN = {"/var/lib/ayni", "/tmp"}  # noqa: S108 - where an image writes, not where this test does


class Asked(NamedTuple):
    """What a document asks of one image of ours."""

    name: str
    start: Sequence[str]  # in the place of the image's entrypoint
    arguments: Sequence[str]
    mounts: set[str]
    account: tuple[int, int] | None  # none: the image's own
    ports: set[int]
    probes: list[Sequence[str]]


def of_compose() -> Iterator[Asked]:
    for name, one in yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"].items():
        if OURS.fullmatch(one["image"].partition(":")[0]):
            mounts = {mount.split(":")[1] for mount in one["volumes"]} | {mount.split(":")[0] for mount in one["tmpfs"]}
            yield Asked(name, one.get("entrypoint", ()), one.get("command", ()), mounts, one.get("user"), set(), [])


def of_kubernetes() -> Iterator[Asked]:
    documents = (*written(), *read(KUBERNETES / "overlays" / "restore" / "restore.yaml"))
    for name, pod in pods(documents):
        for one in pod["containers"]:
            if OURS.fullmatch(one["image"]):
                yield Asked(name, one.get("command", ()), one.get("args", ()),
                            {mount["mountPath"] for mount in one["volumeMounts"]}, account(pod),
                            {port["containerPort"] for port in one.get("ports", ())}, probes(one))


def account(pod: Document) -> tuple[int, int]:
    return pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]


def probes(container: Document) -> list[Sequence[str]]:
    return [probe["exec"]["command"] for name, probe in container.items() if name.endswith("Probe") and "exec" in probe]


ASKED = [*of_compose(), *of_kubernetes()]


def parse(command: click.Command, words: Sequence[str]) -> None:
    """Raises click's error where the command line has no such command or option. Nothing is run."""
    with command.make_context(command.name, list(words)) as context:
        if isinstance(command, click.Group):
            inner = command.get_command(context, words[0])
            assert inner is not None, words
            parse(inner, words[1:])


def test_all_of_ours_are_looked_at() -> None:
    assert len(ASKED) == 8 + 8
    assert 'ENTRYPOINT ["python", "-m", "portal.cli"]' in RECIPE


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_a_command_is_one_that_the_image_has(asked: Asked) -> None:
    if asked.arguments:
        parse(cli, asked.arguments)
    if asked.start:
        assert asked.start[:2] == ["sh", "-c"]
        assert re.findall(r"exec python -m portal\.cli (\w+)", asked.start[2])[0] in COMMANDS
    for words in asked.probes:
        assert words[:2] == ["python", "alive.py"]
        assert re.search(r"^COPY docker/alive\.py \./$", RECIPE, re.MULTILINE)


def test_a_command_that_the_image_has_not_is_found() -> None:
    for words in (["serve", "--nonsense"], ["db", "nonsense"], ["nonsense"]):
        with pytest.raises((click.UsageError, AssertionError)):
            parse(cli, words)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_what_is_mounted_is_where_the_image_reads_and_writes(asked: Asked) -> None:
    ours = {mount for mount in asked.mounts if not mount.startswith("/run/secrets")}
    assert ours - {"/var/lib/ayni/figures"} <= VOLUMES
    assert ours >= WRITTEN


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_account_and_the_ports_are_the_image_s(asked: Asked) -> None:
    uid, gid = re.findall(r"^USER (\d+):(\d+)$", RECIPE, re.MULTILINE)[0]
    assert asked.account in (None, (int(uid), int(gid)))
    exposed = {int(port) for port in re.findall(r"^EXPOSE (\d+)$", RECIPE, re.MULTILINE)}
    assert asked.ports <= exposed | {9100}  # METRICS_PORT


PATIENCE = 120  # seconds: a web process took 57 on a machine where everything else was starting too


def test_a_slow_start_is_no_failure() -> None:
    checks = re.findall(r"^HEALTHCHECK --interval=(\d+)s --timeout=\d+s --start-period=(\d+)s --retries=(\d+) ", RECIPE,
                        re.MULTILINE)
    assert len(checks) == 3
    assert all(int(period) + int(interval) * int(retries) >= PATIENCE for interval, period, retries in checks)
    for name, pod in pods(written()):
        if name.startswith("Deployment/"):
            probe = pod["containers"][0]["startupProbe"]
            assert probe["periodSeconds"] * probe["failureThreshold"] >= PATIENCE, name
