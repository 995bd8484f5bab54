"""The journey on a network of machines, and what a family notices when some of them die: nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.network.conftest import Network
from tests.browser.pages import Matching, Person
from tests.browser.test_journey import go_the_whole_way, register

pytestmark = [pytest.mark.browser, pytest.mark.drill]
People = Callable[..., Person]


def test_the_whole_way_through_a_network(person: People) -> None:
    go_the_whole_way(person)


def test_a_web_process_and_a_worker_die_and_the_next_family_has_its_list(network: Network, person: People) -> None:
    worker = person("caseworker@wasi.example")
    network.kill("web-1")
    network.kill("worker-1")
    family = register(worker, ("Delfina", "Huamaní"), "Ayacucho")
    worker.press("Enviar a supervisión")
    expect(worker.status).to_have_text("Por revisar")
    expect(Matching(worker).suggestions(family).first).to_be_visible()
