"""The images install parts of what the project is tested with, and each process needs no more than its image has."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from portal.commands.installation import new_secrets
from tests.docker.documents import ROOT, locked
from tests.docker.programs import run

IMAGES = ("web", "worker", "trainer")
HEAVY = {"tensorflow", "tensorflow-cpu", "keras", "transformers", "ortools", "lightgbm", "scikit-learn", "scipy",
         "polars", "tokenizers", "ai-edge-litert"}
REFUSING = """
import sys
from importlib.metadata import packages_distributions
allowed = set({allowed!r})
class Refusing:
    def find_spec(self, name, path=None, target=None):
        owners = {{one.lower().replace("_", "-").replace(".", "-") for one in owned.get(name, ())}}
        if owners and not owners & allowed:
            raise ModuleNotFoundError(f"{{name}} of {{owners}} is not in the image", name=name)
owned = packages_distributions()
sys.meta_path.insert(0, Refusing())
"""


def names(lock: str) -> set[str]:
    return {one.partition("==")[0] for one in locked(lock)}


@pytest.mark.parametrize("image", [*IMAGES, "build"])
def test_an_image_holds_what_the_project_is_locked_to(image: str) -> None:
    whole, part = locked("requirements.txt"), locked(f"docker/requirements-{image}.txt")
    assert part
    assert {name: hashes for name, hashes in part.items() if whole.get(name) != hashes} == {}


def test_each_image_holds_the_smaller_one() -> None:
    web, worker, trainer = (names(f"docker/requirements-{image}.txt") for image in IMAGES)
    assert web < worker < trainer


def test_the_heavy_stays_where_it_is_needed() -> None:
    assert names("docker/requirements-web.txt") & HEAVY == set()
    assert names("docker/requirements-worker.txt") & HEAVY == {"ortools", "scipy", "tokenizers", "ai-edge-litert"}
    assert {"tensorflow", "tensorflow-cpu", "keras"} <= names("docker/requirements-trainer.txt")


@pytest.mark.parametrize("image", [*IMAGES, "build", "sbom"])
def test_every_package_has_its_hashes(image: str) -> None:
    assert all(locked(f"docker/requirements-{image}.txt").values())


@pytest.mark.parametrize("image", IMAGES)
def test_what_an_image_asks_for_is_a_dependency_and_in_its_lock(image: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    plain = {re.split(r"[\[=<> ;]", one)[0] for one in project["project"]["dependencies"]}
    group = {re.split(r"[\[=<> ;]", one)[0] for one in project["dependency-groups"][image] if isinstance(one, str)}
    assert group <= plain
    assert group <= names(f"docker/requirements-{image}.txt")


def run_with(lock: str, code: str, tmp_path: Path) -> CompletedProcess[str]:
    """Run code in a Python that can import what the lock names and nothing else of this environment."""
    start = REFUSING.format(allowed=sorted(names(lock)))
    secrets = {"INSTANCE_PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": "", **new_secrets()}
    return run([sys.executable, "-c", start + code], secrets, tmp_path)


def test_the_web_process_starts_with_the_webs_packages_alone(tmp_path: Path) -> None:
    code = "from portal import create_app; print(len(create_app().url_map._rules))"
    done = run_with("docker/requirements-web.txt", code, tmp_path)
    assert done.returncode == 0, done.stdout
    assert int(done.stdout.splitlines()[-1]) > 50


@pytest.mark.parametrize("command", [["db", "upgrade"], ["keys", "new"], ["backup", "--help"]])
def test_commands_of_the_web_image_run_in_it(tmp_path: Path, command: list[str]) -> None:
    code = f"from portal.cli import cli; cli({command!r}, prog_name='manage.py')"
    done = run_with("docker/requirements-web.txt", code, tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("command", ["match", "drill"])
def test_a_command_of_another_image_says_so_in_one_line(tmp_path: Path, command: str) -> None:
    code = f"from portal.cli import cli; cli([{command!r}, '--help'], prog_name='manage.py')"
    done = run_with("docker/requirements-web.txt", code, tmp_path)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1), done.stdout
    assert done.stdout.startswith(f"Error: `{command}` needs the package ")


def test_the_worker_encodes_with_the_workers_packages_alone(tmp_path: Path) -> None:
    code = "from ml.encoder import Encoder; import portal.jobs.__main__; print(*Encoder.load().encode(['hola']).shape)"
    done = run_with("docker/requirements-worker.txt", code, tmp_path)
    assert (done.returncode, "1 384" in done.stdout.splitlines()) == (0, True), done.stdout


def test_what_is_not_in_an_image_is_refused_here_too(tmp_path: Path) -> None:
    done = run_with("docker/requirements-web.txt", "import scipy", tmp_path)
    assert done.returncode == 1
    assert "is not in the image" in done.stdout
