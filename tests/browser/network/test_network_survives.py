"""What dies, is emptied or comes twice in a network: the next family has its list, made once, and nothing is lost."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect
from redis import Redis

from portal.commands.installation import demo_keys
from portal.config import SECRETS
from portal.events import INTERACTIVE
from tests.browser.network.conftest import Network, postgres
from tests.browser.pages import Matching, Person
from tests.browser.test_journey import register
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.drill]
People = Callable[..., Person]
WORKERS = ("worker-1", "worker-2")
RUNS = "SELECT count(*) FROM suggestion_run WHERE family_id = %s"
OPEN = "SELECT count(*) FROM job WHERE status = 'waiting' AND ids->>'family' = %s"
HELD = f"{OPEN} AND taken_by IS NOT NULL"


@pytest.fixture
def worker(network: Network, person: People) -> Person:
    """A caseworker, before a network of which nothing is dead."""
    network.mend()
    return person("caseworker@wasi.example")


def submitted(worker: Person, surname: str) -> str:
    """A family that waits for its list; the address of its page."""
    phone = f"9870{zlib.crc32(surname.encode()) % 100_000:05}"  # one that nobody else has: it would be asked about
    family = register(worker, ("Delfina", surname), "Ayacucho", phone)
    worker.press("Enviar a supervisión")
    expect(worker.status).to_have_text("Por revisar")
    return family


def key(family: str) -> str:
    return family.rstrip("/").rpartition("/")[2]


def has_its_list_once(network: Network, worker: Person, family: str) -> None:
    until(lambda: network.count(OPEN, key(family)) == 0 < network.count(RUNS, key(family)))
    expect(Matching(worker).suggestions(family).first).to_be_visible()
    assert network.count(RUNS, key(family)) == 1


def test_a_worker_is_killed_in_the_middle_of_a_task(network: Network, worker: Person) -> None:
    with network.root() as connection:
        connection.execute("LOCK TABLE suggestion_run IN SHARE MODE")  # no list can be written
        family = submitted(worker, "Huarcaya")
        until(lambda: network.count(HELD, key(family)))
        for name in WORKERS:
            network.kill(name)
        connection.rollback()
    network.mend()
    has_its_list_once(network, worker, family)


def test_redis_comes_back_empty(network: Network, worker: Person) -> None:
    network.broker.kill()
    family = submitted(worker, "Ccorimanya")
    network.broker.start()
    has_its_list_once(network, worker, family)


def test_a_task_comes_many_times(network: Network, worker: Person) -> None:
    for name in WORKERS:
        network.kill(name)
    family = submitted(worker, "Quicaña")
    with Redis.from_url(network.broker.url) as client:
        messages = client.lrange(INTERACTIVE, 0, -1)
        client.lpush(INTERACTIVE, *messages * 5)
    network.mend()
    has_its_list_once(network, worker, family)


def test_postgresql_is_killed(network: Network, worker: Person) -> None:
    network.database.kill()
    network.database.start()
    has_its_list_once(network, worker, submitted(worker, "Palomino"))
    assert "do not hold" not in network.manage("audit", "verify")


def test_a_backup_while_people_write_is_the_whole_when_it_is_restored(
    network: Network, worker: Person, tmp_path: Path
) -> None:
    before = network.count("SELECT count(*) FROM family")
    file, words = str(tmp_path / "b.age"), {"BACKUP_PASSPHRASE": "cuatro palabras muy largas"}
    with ThreadPoolExecutor(1) as beside:
        backup = beside.submit(network.manage, "backup", file, **words)
        submitted(worker, "Sulca")
        backup.result()
    instance = Path(network.processes.environment["INSTANCE_PATH"])
    keys = {name: (demo_keys(instance) / name).read_text(encoding="utf-8").strip() for name in SECRETS}
    with postgres(tmp_path) as empty:
        place = {**empty.environment, **keys, "INSTANCE_PATH": str(tmp_path / "restored")}
        network.manage("restore", file, **words, **place)
        told = network.manage("audit", "verify", **place)
        restored = Network(network.front, network.processes, network.broker, empty, {})
        assert before <= restored.count("SELECT count(*) FROM family") <= before + 1
    assert told.count("entries hold") == 2
