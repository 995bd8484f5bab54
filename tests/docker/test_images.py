"""The images' recipe: no root, no shell needed, nothing unlocked, and every file it copies exists."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from portal.commands.check import tool
from tests.docker.documents import DOCKER, ROOT
from tests.docker.programs import run

FILE = DOCKER / "Dockerfile"
TEXT = FILE.read_text(encoding="utf-8")
STAGES = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", TEXT, re.MULTILINE | re.DOTALL))
FINAL = ("web", "worker", "trainer")


def test_a_linter_finds_nothing() -> None:
    done = run([tool("hadolint"), str(FILE)])
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("stage", FINAL)
def test_an_image_runs_as_a_number_that_is_not_root_and_says_whether_it_lives(stage: str) -> None:
    assert re.findall(r"^USER (\S+)$", STAGES[stage], re.MULTILINE) == ["10001:10001"]
    assert re.search(r'^HEALTHCHECK .* CMD \["python", "alive.py", "(web|worker)"\]$', STAGES[stage], re.MULTILINE)
    assert "RUN" not in STAGES[stage]  # what is made is made before, and copied


@pytest.mark.parametrize("stage", FINAL)
def test_an_image_has_its_own_packages_and_their_list(stage: str) -> None:
    assert f"COPY --from={stage}-packages /opt/ayni /opt/ayni" in STAGES[stage]
    assert f"COPY --from={stage}-sbom /ayni.cdx.json" in STAGES[stage]
    assert f"COPY --from={stage}-packages /opt/ayni /parts" in STAGES[f"{stage}-sbom"]
    assert f"COPY docker/requirements-{stage}.txt" in STAGES[f"{stage}-packages"]


def test_the_web_image_has_no_weights_and_only_the_trainer_has_those_that_learn() -> None:
    assert "weights" not in STAGES["web"]
    assert "rm -rf ml/weights" in STAGES["code"]
    assert "safetensors" not in STAGES["worker"]
    assert "COPY --from=weights /weights /app/ml/weights" in STAGES["trainer"]


def needed(stage: str) -> set[str]:
    """The stages that are built for one: what it starts from and what it copies from, and theirs."""
    started = re.findall(rf"^FROM (\S+) AS {stage}$", TEXT, re.MULTILINE)
    near = ({*started, *re.findall(r"^COPY --from=(\S+)", STAGES[stage], re.MULTILINE)}) & set(STAGES)
    return near | {one for each in near for one in needed(each)}


def test_who_builds_a_small_image_fetches_nothing_of_a_larger_one() -> None:
    packages = {stage: {one for one in needed(stage) if one.endswith("-packages")} for stage in FINAL}
    assert packages == {"web": {"web-packages"}, "worker": {"web-packages", "worker-packages"},
                        "trainer": {"web-packages", "trainer-packages"}}  # the code is compiled with the web's


@pytest.mark.parametrize("stage", FINAL)
def test_what_a_checkout_of_umask_077_brings_can_be_read_by_the_image_s_account(stage: str) -> None:
    """COPY keeps the modes of a checkout: only a stage that opens them may have it, and an image copies from there."""
    assert not re.search(r"^COPY (?!--from)", STAGES[stage], re.MULTILINE)
    assert re.search(r"chmod -R a\+rX /app$", STAGES["code"], re.MULTILINE)
    assert re.search(r"chmod -R a\+rX /weights$", STAGES["weights"], re.MULTILINE)


INSTALLS = re.findall(r"pip (?:--python \S+ )?install .*?(?=(?: \\)?$)", TEXT, re.MULTILINE)


def test_nothing_is_installed_that_no_lock_names() -> None:
    assert "PIP_REQUIRE_HASHES=1" in STAGES["installer"]
    assert not re.search(r"curl|wget|npm|ADD ", TEXT)
    assert re.findall(r"apt-get install (.*?)(?: \\)?$", TEXT, re.MULTILINE) == [
        "--yes --no-install-recommends libgomp1=12.2.0-*"]
    assert len(INSTALLS) == 5
    assert all(re.search(r" -r /tmp/requirements-[a-z]+\.txt$", one) for one in INSTALLS)


FORMATS = """
import sys
from pip._internal.cli.main_parser import parse_command
from pip._internal.commands import create_command
name, rest = parse_command(sys.argv[1:])
options, _ = create_command(name).parse_args(rest)
for package in ("flask-principal", "flask"):
    print(package, *sorted(options.format_control.get_allowed_formats(package)))
"""


@pytest.mark.parametrize("line", INSTALLS, ids=range(5))
def test_only_the_one_package_without_a_wheel_may_be_source(line: str, tmp_path: Path) -> None:
    """As `sh -c` of the image runs the line, with its variables, in whatever order that shell hands them on."""
    given = re.search(r"^ENV (.*?[^\\])$", STAGES["installer"], re.MULTILINE | re.DOTALL)
    assert given
    variables = dict(one.split("=", 1) for one in given[1].split() if "=" in one)
    (tmp_path / "read.py").write_text(FORMATS, encoding="utf-8")
    (tmp_path / "pip").write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path}/read.py "$@"\n', encoding="utf-8")
    (tmp_path / "pip").chmod(0o755)
    within = {"_PIP_RUNNING_IN_SUBPROCESS": "1"}  # the interpreter that --python names is the image's
    done = run(["/bin/sh", "-c", line], {**variables, **within, "PATH": str(tmp_path)})
    assert done.stdout.splitlines() == ["flask-principal source", "flask binary"]


def test_the_trainer_has_what_its_packages_are_linked_against() -> None:
    """LightGBM's wheel expects OpenMP's library to be on the machine."""
    assert "lightgbm" in (DOCKER / "requirements-trainer.txt").read_text(encoding="utf-8")
    assert "libgomp1" in STAGES["trainer-base"]
    assert re.search(r"^FROM trainer-base AS trainer$", TEXT, re.MULTILINE)


def test_the_base_is_pinned_by_digest() -> None:
    base = re.findall(r"^ARG PYTHON=(.*)$", TEXT, re.MULTILINE)
    assert re.fullmatch(r"docker\.io/library/python:3\.11\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base[0])
    assert set(re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)) - set(STAGES) == {"${PYTHON}"}


def test_what_is_copied_exists_and_is_let_in() -> None:
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    lines = re.findall(r"^COPY (?!--from)(.+)$", TEXT, re.MULTILINE)
    copied = [source for line in lines for source in line.split()[:-1]]
    assert len(copied) >= 9
    for source in copied:
        assert list(ROOT.glob(source)), source
        assert any(source == one or source.startswith(f"{one}/") or re.fullmatch(one.replace("*", ".*"), source)
                   for one in let_in), source
    assert ignored[1] == "*"
