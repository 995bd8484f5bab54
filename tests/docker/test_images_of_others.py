"""Images we do not build: an exact version, the same in compose and Kubernetes, and a way to pin their bytes."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.docker.documents import DOCKER, PINNED
from tests.docker.programs import run

FILES = (DOCKER / "compose.yaml", *sorted(DOCKER.glob("kubernetes/**/*.yaml")))
IMAGE = re.compile(r"^ *(?:- )?image: (docker\.io/\S+)$", re.MULTILINE)
GUIDE = (DOCKER / "OPERATIONS.md").read_text(encoding="utf-8")


def images(folder: Path = DOCKER) -> set[str]:
    files = (folder / one.relative_to(DOCKER) for one in FILES)
    return {image for path in files for image in IMAGE.findall(path.read_text(encoding="utf-8"))}


def test_each_is_an_exact_version_and_the_same_everywhere() -> None:
    found = images()
    assert len({image.split(":")[0] for image in found}) == len(found) == 6
    assert [image for image in found if ":" not in image or not PINNED.fullmatch(image)] == []


@pytest.mark.parametrize("image", ["docker.io/library/redis", "docker.io/library/redis:latest", "docker.io/a/b:8",
                                   "docker.io/library/redis:8.6-alpine", "docker.io/a/b:1.2@sha256:00"])
def test_one_that_changes_by_itself_is_found(image: str) -> None:
    assert ":" not in image or not PINNED.fullmatch(image)


def test_the_guide_s_command_pins_every_one_by_digest(tmp_path: Path) -> None:
    """As an operator's shell runs it, with a registry that answers the same to everything."""
    command = next(block for block in re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
                   if "imagetools" in block)
    digest = f"sha256:{'5' * 64}"
    (tmp_path / "bin").mkdir()
    asked = "buildx imagetools inspect --format {{.Manifest.Digest}}"
    (tmp_path / "bin" / "docker").write_text(
        f'#!/bin/sh\ntest "$1 $2 $3 $4 $5" = "{asked}" && echo {digest}\n', encoding="utf-8")
    (tmp_path / "bin" / "docker").chmod(0o755)
    for one in FILES:
        (tmp_path / "docker" / one.relative_to(DOCKER)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(one, tmp_path / "docker" / one.relative_to(DOCKER))
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for _ in range(2):  # the second time it finds nothing to do
        done = run(["/bin/sh", "-ec", command], {"PATH": path}, tmp_path)
        assert done.returncode == 0, done.stdout
        assert images(tmp_path / "docker") == {f"{image}@{digest}" for image in images()}
