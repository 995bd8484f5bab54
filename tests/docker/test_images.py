"""The images' recipe: no root, no shell needed, nothing unlocked, and every file it copies exists."""

from __future__ import annotations

import re

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
    assert f"COPY --from=sbom /sbom/{stage}.cdx.json" in STAGES[stage]
    assert f"COPY docker/requirements-{stage}.txt" in STAGES[f"{stage}-packages"]


def test_the_web_image_has_no_weights_and_only_the_trainer_has_those_that_learn() -> None:
    assert "weights" not in STAGES["web"]
    assert "rm -rf ml/weights" in STAGES["code"]
    assert "safetensors" not in STAGES["worker"]
    assert "COPY ml/weights " in STAGES["trainer"]


def test_nothing_is_installed_that_no_lock_names() -> None:
    assert "PIP_REQUIRE_HASHES=1" in STAGES["installer"]
    assert not re.search(r"apt-get|curl|wget|npm|ADD ", TEXT)
    installs = re.findall(r"pip \S* ?\S* ?install (.*?)(?: \\)?$", TEXT, re.MULTILINE)
    assert len(installs) == 5
    assert all(re.fullmatch(r"-r /tmp/requirements-[a-z]+\.txt", one) for one in installs)


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
