"""The network on one machine: valid, complete, each service kept to what it needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from portal.commands import secret_files
from portal.commands.check import tool
from portal.commands.installation import new_secrets
from tests.docker.documents import DOCKER, PINNED, Document
from tests.docker.programs import run

FILE = DOCKER / "compose.yaml"
OURS = re.compile(r"ayni-(web|worker|trainer):\$\{AYNI_VERSION:\?stands in docker/\.env\}")


@pytest.fixture(scope="module")
def compose() -> Document:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def services(compose: Document) -> dict[str, Document]:
    return compose["services"]


def test_it_is_what_the_specification_says() -> None:
    done = run([tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(FILE)])
    assert done.returncode == 0, done.stdout


def test_everything_is_there(compose: Document) -> None:
    ours = {"web-1", "web-2", "worker-1", "worker-2", "trainer", "beat", "migrate", "backup"}
    assert set(services(compose)) == ours | {"nginx", "database", "queue", "prometheus", "alertmanager", "grafana"}


def test_no_service_may_more_than_it_must(compose: Document) -> None:
    for name, one in services(compose).items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "mem_limit", "pids_limit"} <= set(one), name
        assert not {"privileged", "cap_add", "network_mode", "pid"} & set(one), name
        assert "docker.sock" not in str(one.get("volumes")), name


def test_nobody_is_root(compose: Document) -> None:
    """Our images name their account themselves; of the others the file does."""
    for name, one in services(compose).items():
        assert OURS.fullmatch(one["image"]) or re.fullmatch(r"[1-9]\d*:\d+", one["user"]), name


def test_every_image_of_others_is_pinned(compose: Document) -> None:
    images = {one["image"] for one in services(compose).values() if not OURS.fullmatch(one["image"])}
    assert len(images) == 6
    assert {image for image in images if ":" not in image or not PINNED.fullmatch(image)} == set()


def test_the_front_door_never_meets_the_database(compose: Document) -> None:
    nets = {name: set(one["networks"]) for name, one in services(compose).items()}
    assert nets["nginx"] & nets["database"] == set()
    assert nets["nginx"] & nets["queue"] == set()
    assert nets["database"] == nets["queue"] == {"inside"}
    assert compose["networks"]["inside"]["internal"] is True
    published = {name for name, one in services(compose).items() if "ports" in one}
    assert published == {"nginx", "grafana"}
    assert services(compose)["grafana"]["ports"] == ["127.0.0.1:3000:3000"]


def test_the_way_out_is_for_those_who_send_mail_and_webhooks(compose: Document) -> None:
    assert {name for name, one in services(compose).items() if "outbound" in one["networks"]} == {
        "web-1", "web-2", "worker-1", "worker-2", "alertmanager"}
    assert not compose["networks"]["outbound"].get("internal")


def test_what_runs_for_ever_says_whether_it_is_well(compose: Document) -> None:
    """Our images bring their own question; the others are given one."""
    for name, one in services(compose).items():
        asked = one.get("healthcheck", {})
        if name in ("nginx", "database", "queue", "prometheus", "alertmanager", "grafana"):
            assert asked["test"][0] in ("CMD", "CMD-SHELL"), name
        assert not asked.get("disable") or name in ("migrate", "backup"), name


def test_the_schema_comes_first(compose: Document) -> None:
    for name in ("web-1", "web-2", "worker-1", "worker-2", "trainer", "beat"):
        assert services(compose)[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services(compose)["migrate"]["command"] == ["db", "upgrade"]
    owner = {name for name, one in services(compose).items() if "DATABASE_OWNER_URL" in str(one)}
    assert owner == {"migrate", "backup"}


def test_every_secret_is_a_file_that_one_command_makes(compose: Document) -> None:
    made = new_secrets() | secret_files.network("ayni.example")
    files = {Path(one["file"]) for one in compose["secrets"].values()}
    assert files == {Path("secrets") / name for name in made}
    used = {one["source"] if isinstance(one, dict) else one for service in services(compose).values()
            for one in service.get("secrets", [])}
    assert used == set(compose["secrets"])


def test_no_secret_stands_in_the_file(compose: Document) -> None:
    for service in services(compose).values():
        for name, value in service.get("environment", {}).items():
            if re.search("KEY|PASSWORD|TOKEN|SALT|_URL", name) and name != "PUBLIC_BASE_URL":
                assert str(value).startswith("/run/secrets/"), name
    assert "docker/secrets/" in (DOCKER.parent / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_what_is_mounted_is_there(compose: Document) -> None:
    sources = {mount.split(":")[0] for one in services(compose).values() for mount in one.get("volumes", [])}
    files = {source for source in sources if source.startswith("./")}
    assert len(files) >= 8
    assert {source for source in files if not (DOCKER / source).exists()} == set()
    assert sources - files == set(compose["volumes"])


def test_web_processes_have_the_addresses_the_front_door_knows(compose: Document) -> None:
    known = dict(one.split(":") for one in services(compose)["nginx"]["extra_hosts"])
    for name in ("web-1", "web-2"):
        assert services(compose)[name]["networks"]["front"]["ipv4_address"] == known[name]
        assert f"server {name}:8000" in (DOCKER / "nginx.conf").read_text(encoding="utf-8")


def test_prometheus_asks_every_process_and_each_by_itself(compose: Document) -> None:
    """A name that stands for two processes would mix their figures."""
    jobs = yaml.safe_load((DOCKER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    asked = {target for job in jobs for group in job["static_configs"] for target in group["targets"]}
    assert asked == {"web-1:8000", "web-2:8000", "worker-1:9100", "worker-2:9100", "trainer:9100", "beat:9100",
                     "alertmanager:9093"}
    for name in (target.partition(":")[0] for target in asked):
        assert "inside" in services(compose)[name]["networks"], name
        assert not {"scale", "deploy"} & set(services(compose)[name]), name


def test_two_workers_serve_without_being_asked_to(compose: Document) -> None:
    queues = [one["command"] for one in services(compose).values() if one.get("command", [""])[0] == "worker"]
    assert queues.count(["worker", "--queues", "interactive,bulk"]) == 2


ASKED = re.compile(r"(?<!\$)\$\{\w+[^}]*\}")


def test_what_one_command_writes_is_all_that_the_file_asks_for(tmp_path: Path) -> None:
    """With it every `docker compose` command says the same host and version; with less none of them begins."""
    secret_files.write_settings(tmp_path / "secrets", "ayni.example")
    text = FILE.read_text(encoding="utf-8")
    asked = set(ASKED.findall(text))
    names = set(re.findall(r"^(\w+)=", (tmp_path / ".env").read_text(encoding="utf-8"), re.MULTILINE))
    assert {re.split(r"\W", one[2:])[0] for one in asked} == names

    def expanded(one: str, given: str) -> tuple[int, str]:
        done = run(["/bin/sh", "-c", f'. {given}; printf %s "{one}"'], {})
        return done.returncode, done.stdout

    found = {one: expanded(one, str(tmp_path / ".env")) for one in asked}
    assert {code for code, _ in found.values()} == {0}
    assert ("ayni.example") in {said for _, said in found.values()}
    for one in asked:
        code, said = expanded(one, "/dev/null")
        assert code, one
        assert "docker/.env" in said, one
    assert "docker/.env" in (DOCKER.parent / ".gitignore").read_text(encoding="utf-8").splitlines()
