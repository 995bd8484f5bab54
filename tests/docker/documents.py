"""The files of `docker/` as the programs that read them see them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docker.programs import run

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
KUBERNETES = DOCKER / "kubernetes"
REQUIRED = "GITHUB_ACTIONS"
PINNED = re.compile(r"[^:@]+(:[^:@]*\d+\.\d+\.\d+[^:@]*)?(@sha256:[0-9a-f]{64})?")
Document = dict[str, Any]


def read(path: Path) -> list[Document]:
    """Every YAML document of a file."""
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def kustomizer() -> list[str] | None:
    """What renders an overlay on this machine: kustomize, or kubectl, which holds one; None where there is neither."""
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    return ["kubectl", "kustomize"] if shutil.which("kubectl") else None


@cache
def rendered(overlay: str) -> tuple[Document, ...]:
    """What would be applied to a cluster. Without a kustomizer the test is skipped: no package of Python renders it,
    and what is written is examined by the same tests in any case. It fails where delivery comes from, whose machines
    have one.
    """
    program = kustomizer()
    if program is None and REQUIRED in os.environ:
        pytest.fail("neither kustomize nor kubectl is installed, and an overlay that nobody rendered would be applied")
    if program is None:
        # No package of Python renders an overlay; where delivery runs, the lines above fail instead.
        pytest.skip("neither kustomize nor kubectl is installed")
    done = run([*program, str(KUBERNETES / "overlays" / overlay)])
    assert done.returncode == 0, done.stdout
    return tuple(yaml.safe_load_all(done.stdout))


def written() -> tuple[Document, ...]:
    """The documents of base and services as they are written, before any overlay."""
    files = [*KUBERNETES.glob("base/*.yaml"), *KUBERNETES.glob("services/*.yaml")]
    return tuple(one for path in sorted(files) if path.name != "kustomization.yaml" for one in read(path))


def pods(documents: tuple[Document, ...]) -> Iterator[tuple[str, Document]]:
    """(kind/name, specification) of every pod that a workload starts."""
    for one in documents:
        spec = one.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield f"{one['kind']}/{one['metadata']['name']}", template["spec"]


def templates(documents: tuple[Document, ...]) -> dict[str, dict[str, str]]:
    """The labels of the pods that each workload starts, by its name."""
    found = {}
    for one in documents:
        spec = one.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            found[one["metadata"]["name"]] = template["metadata"]["labels"]
    return found


def selects(selector: Document, labels: Mapping[str, str]) -> bool:
    said = selector.get("matchLabels", {}).items() <= labels.items()
    return said and all(labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ()))


def locked(name: str) -> dict[str, set[str]]:
    """What a lock names: `package==version` → the hashes of its files."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    found: dict[str, set[str]] = {}
    for block in blocks:
        found.setdefault(block.split()[0], set()).update(re.findall(r"--hash=(\S+)", block))
    return found
