"""The pipeline: valid, pinned, few rights, and in the order that lets the old version work until the new one does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from portal.commands.check import tool
from tests.docker.documents import ROOT, Document
from tests.docker.programs import run

FILE = ROOT / ".github" / "workflows" / "delivery.yaml"


@pytest.fixture(scope="module")
def jobs() -> Document:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]


def test_it_is_a_workflow() -> None:
    done = run([tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", str(FILE)])
    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_to_a_commit(jobs: Document) -> None:
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert len(used) > 8
    assert [one for one in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", one)] == []


def test_rights_are_few_and_nothing_foreign_is_put_into_a_command(jobs: Document) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert "permissions: {contents: read}" in text
    assert jobs["image"]["permissions"] == {"contents": "read", "packages": "write"}
    assert all("${{" not in step.get("run", "") for job in jobs.values() for step in job["steps"])
    assert "pull_request_target" not in text


def test_nothing_is_built_unchecked_pushed_unscanned_or_deployed_unasked(jobs: Document) -> None:
    assert jobs["image"]["needs"] == "checks"
    assert jobs["deploy"]["needs"] == "image"
    assert jobs["deploy"]["if"] == "github.event_name == 'workflow_dispatch'"
    assert jobs["deploy"]["environment"] == "production"
    assert [step.get("run") for step in jobs["checks"]["steps"]][-1] == ".ci/run"
    steps = [str(step) for step in jobs["image"]["steps"]]
    scan, again = (place for place, step in enumerate(steps) if "anchore/scan-action" in step)
    push = next(place for place, step in enumerate(steps) if "'push': True" in step)
    told = next(place for place, step in enumerate(steps) if '.image"' in step)
    assert scan < push < again < told
    first, second = (jobs["image"]["steps"][place] for place in (scan, again))
    assert second["with"] == {**first["with"], "image": "${{ env.IMAGE }}@${{ steps.push.outputs.digest }}"}
    assert not {"if", "continue-on-error"} & set(second)


def test_the_schema_comes_first_and_the_old_version_comes_back(jobs: Document) -> None:
    steps = jobs["deploy"]["steps"]
    words = ("--from=cronjob/backup", "-l ayni/step=before", "job/migrate", "rollout status", "rollout undo")
    places = [next(place for place, step in enumerate(steps) if word in step.get("run", "")) for word in words]
    assert places == sorted(places)
    assert places[-1] == len(steps) - 1
    assert steps[-1]["if"] == "failure() && steps.rollout.outcome == 'failure'"


def test_an_image_s_name_has_small_letters_alone(jobs: Document, tmp_path: Path) -> None:
    """Whoever owns the repository: a registry refuses capitals."""
    image = jobs["image"]
    kept = tmp_path / "kept"
    run(["bash", "-c", image["steps"][0]["run"]], {"NAME": "Some-NGO/Ayni-web", "GITHUB_ENV": str(kept)})
    assert kept.read_text(encoding="utf-8") == "IMAGE=ghcr.io/some-ngo/ayni-web\n"
    assert set(image["env"]) == {"NAME"}


def test_every_image_is_built(jobs: Document) -> None:
    targets = jobs["image"]["strategy"]["matrix"]["target"]
    assert all(f"AS {target}\n" in (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8") for target in targets)
    assert targets == ["web", "worker", "trainer"]
