"""Who speaks with whom in a cluster, and what its processes are told: each way that is needed is open at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from portal.commands.installation import new_secrets
from portal.config import Settings
from portal.events import INTERACTIVE, PARTS, QUEUES, TRAINING
from tests.docker.documents import DOCKER, KUBERNETES, Document, pods, read, rendered, selects, templates, written

WORKLOADS = ("web", "worker", "solver", "trainer", "beat", "migrate", "backup")
FIGURES = {"web": 8000, "worker": 9100, "solver": 9100, "trainer": 9100, "beat": 9100}
PARALLEL = "/dev/shm"  # noqa: S108 - where PostgreSQL's processes share what they work on, not a file of ours
OF_IMAGES = {"POSTGRES_DB", "POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS", "SECRETS"}


@pytest.fixture(params=["as written", "small"])
def documents(request: pytest.FixtureRequest) -> tuple[Document, ...]:
    """What runs its own database and queue."""
    if request.param == "as written":
        return written()
    return rendered(request.param)


def rules(documents: tuple[Document, ...], labels: Mapping[str, str], way: str, port: int) -> Iterator[Document]:
    """What policies allow the pods with these labels, "ingress" or "egress", at a port."""
    for one in documents:
        if one["kind"] == "NetworkPolicy" and selects(one["spec"]["podSelector"], labels):
            yield from (rule for rule in one["spec"].get(way, ()) if port in {to["port"] for to in rule["ports"]})


def is_open(documents: tuple[Document, ...], source: str, target: str, port: int) -> bool:
    """May the one pod leave for the other, and does that one let it in?"""
    labels = templates(documents)
    leaves = [to for rule in rules(documents, labels[source], "egress", port) for to in rule["to"]]
    enters = [to for rule in rules(documents, labels[target], "ingress", port) for to in rule["from"]]
    return all(any("podSelector" in to and selects(to["podSelector"], labels[other]) for to in found)
               for found, other in ((leaves, target), (enters, source)))


def lets_in(documents: tuple[Document, ...], namespace: str, target: str, port: int) -> bool:
    wanted = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return any(wanted in rule["from"] for rule in rules(documents, templates(documents)[target], "ingress", port))


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_process_reaches_database_queue_and_names(documents: tuple[Document, ...], name: str) -> None:
    assert is_open(documents, name, "database", 5432)
    assert is_open(documents, name, "queue", 6379)
    assert list(rules(documents, templates(documents)[name], "egress", 53))


def test_no_other_way_is_open_inside(documents: tuple[Document, ...]) -> None:
    assert not is_open(documents, "database", "queue", 6379)
    assert not is_open(documents, "worker", "web", 8000)
    assert not lets_in(documents, "ingress", "web", 9100)


def test_visitors_come_through_the_ingress_to_the_pages_alone(documents: tuple[Document, ...]) -> None:
    assert [name for name in templates(documents) if lets_in(documents, "ingress", name, 8000)] == ["web"]


def test_whoever_counts_is_asked_at_a_port_it_names(documents: tuple[Document, ...]) -> None:
    found = dict(pods(documents))
    for name, port in FIGURES.items():
        assert lets_in(documents, "monitoring", name, port), name
        (container,) = found[f"Deployment/{name}"]["containers"]
        assert port in {one["containerPort"] for one in container["ports"]}, name


def scraped(path: Path) -> dict[str, Document]:
    """The jobs of a Prometheus that ask our processes."""
    (found,) = read(path)
    return {one["job_name"]: one for one in found["scrape_configs"] if one["job_name"] != "alertmanager"}


def test_prometheus_finds_each_process_that_counts_once_and_no_other(documents: tuple[Document, ...]) -> None:
    services = {f"{one['metadata']['name']}.ayni.svc": one["spec"] for one in documents if one["kind"] == "Service"}
    found = []
    for job, one in scraped(KUBERNETES / "prometheus.yml").items():
        (asked,) = one["dns_sd_configs"]
        service = services[asked["names"][0]]
        assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)  # each pod by itself
        assert [port["port"] for port in service["ports"]] == [asked["port"]]
        found += [(name, asked["port"], job) for name, labels in templates(documents).items()
                  if service["selector"].items() <= labels.items()]
    assert sorted(found) == sorted((name, port, "web" if name == "web" else "worker") for name, port in FIGURES.items())


def test_prometheus_shows_its_token_and_names_processes_as_on_one_machine() -> None:
    here, beside = scraped(KUBERNETES / "prometheus.yml"), scraped(DOCKER / "prometheus.yml")
    assert list(here) == list(beside)
    assert [one["authorization"] for one in here.values()] == [one["authorization"] for one in beside.values()]


def queues(documents: tuple[Document, ...]) -> dict[str, set[str]]:
    """Which queues the pods of each workload take from."""
    found = {}
    for name, pod in pods(documents):
        (container,) = pod["containers"]
        if "--queues" in container.get("args", ()):
            found[name.partition("/")[2]] = set(container["args"][container["args"].index("--queues") + 1].split(","))
    return found


def test_every_queue_is_taken_from_and_parts_of_plans_by_as_many_as_there_are(documents: tuple[Document, ...]) -> None:
    found = queues(documents)
    assert set.union(*found.values()) == set(QUEUES)
    grows = {one["metadata"]["name"] for one in documents if one["kind"] == "HorizontalPodAutoscaler"}
    assert [name for name in grows if PARTS in found.get(name, ())] == ["solver"]
    assert not any(INTERACTIVE in taken and {PARTS, TRAINING} & taken for taken in found.values())


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__({**new_secrets(), "SMTP_URL": "smtp://mail.example"})
        self.names = set[str]()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # texts alone
        self.names.add(name)
        return super().get(name, default)


def test_every_setting_is_one_that_the_portal_knows(documents: tuple[Document, ...]) -> None:
    known = Asked()
    Settings.from_environment(known)
    told = {one["name"] for _, pod in pods(documents) for container in pod["containers"]
            for one in container.get("env", ())}
    assert "DATABASE_OWNER_URL_FILE" in told
    assert told - known.names - OF_IMAGES == set()


def test_every_setting_for_all_is_one_that_the_portal_knows() -> None:
    known = Asked()
    Settings.from_environment(known)
    (settings,) = [one["data"] for one in rendered("large")
                   if one["kind"] == "ConfigMap" and one["metadata"]["name"].startswith("ayni-settings")]
    assert {"MAIL_SENDER", "DATABASE_URL_FILE"} <= set(settings) <= known.names


def test_nobody_s_files_are_walked_through_at_each_start(documents: tuple[Document, ...]) -> None:
    for name, pod in pods(documents):
        assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch", name


def test_the_database_has_room_for_parallel_queries(documents: tuple[Document, ...]) -> None:
    (container,) = dict(pods(documents))["StatefulSet/database"]["containers"]
    (shared,) = [one["mountPath"] for one in container["volumeMounts"] if one["name"] == "shared"]
    assert shared == PARALLEL


def test_images_may_come_from_a_registry_that_asks_who_one_is(documents: tuple[Document, ...]) -> None:
    (account,) = [one for one in documents if one["kind"] == "ServiceAccount"]
    assert account["imagePullSecrets"] == [{"name": "ayni-registry"}]
