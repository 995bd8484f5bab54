"""Unsaved text on a device is sealed: a lost or shared phone tells nothing, and only who typed it gets it back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.pages import Person

pytestmark = pytest.mark.browser
People = Callable[..., Person]
WORKER, CANARY = "caseworker@semilla.example", "Zzcanaria"
STORED = "Object.entries(localStorage).filter(([key]) => key.startsWith('draft:'))"
OPENED = """async ([name, kept]) => { // with the key of this page
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const { iv, sealed } = JSON.parse(kept);
  const raw = bytes(document.querySelector("form[data-seal]").dataset.seal);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: bytes(iv), additionalData: new TextEncoder().encode(name) };
  return crypto.subtle.decrypt(how, key, bytes(sealed)).then((clear) => new TextDecoder().decode(clear), () => null);
}"""


def _type(worker: Person) -> list[str]:
    """Type a name into a new family; returns what the device keeps of it: its name there and its text."""
    worker.open("/families/new")
    worker.settle().get_by_label("Nombres").fill(CANARY)
    worker.page.wait_for_function(f"{STORED}.length === 1")
    return _stored(worker.page)[0]


def _stored(page: Page) -> list[list[str]]:
    return page.evaluate(STORED)


def test_what_stays_after_leaving_is_sealed_and_comes_back_to_who_typed_it(person: People) -> None:
    worker = person(WORKER)
    _type(worker)
    worker.log_out()
    ((name, kept),) = _stored(worker.page)
    assert set(json.loads(kept)) == {"at", "iv", "sealed"}
    everything = worker.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert CANARY not in everything
    worker.log_in(WORKER, PASSWORD)
    worker.open("/families/new")
    assert CANARY in worker.settle().evaluate(OPENED, [name, kept])
    worker.press("Recuperarlo")
    expect(worker.page.get_by_label("Nombres")).to_have_value(CANARY)


def test_another_person_of_the_device_cannot_open_it(person: People) -> None:
    worker = person(WORKER)
    name, kept = _type(worker)
    worker.log_out()
    worker.log_in("supervisor@semilla.example", PASSWORD)
    worker.open("/families/new")
    page = worker.settle()
    assert page.evaluate(OPENED, [name, kept]) is None
    own = f"draft:{page.locator('body').get_attribute('data-owner')}:family-new"
    page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [own, kept])  # put in the place of their own
    page.reload()
    page.get_by_label("Nombres").fill("Otra")
    page.wait_for_function("([key, kept]) => localStorage.getItem(key) !== kept", arg=[own, kept])
    expect(page.locator(".draft-offer")).to_have_count(0)


def test_each_save_is_sealed_anew(person: People) -> None:
    worker = person(WORKER)
    name, first = _type(worker)
    worker.page.get_by_label("Nombres").fill(CANARY)
    worker.page.wait_for_function("([key, kept]) => localStorage.getItem(key) !== kept", arg=[name, first])
    one, other = json.loads(first), json.loads(_stored(worker.page)[0][1])
    assert one["iv"] != other["iv"]
    assert one["sealed"] != other["sealed"]


def test_a_draft_from_before_they_were_sealed_is_deleted_on_any_page(person: People) -> None:
    stranger = person()
    stranger.open("/login")
    stranger.settle().evaluate("localStorage.setItem('draft:x:y', JSON.stringify({ at: Date.now(), values: [] }))")
    stranger.open("/login")
    assert _stored(stranger.settle()) == []


def test_where_the_browser_cannot_seal_nothing_is_kept_and_forms_work(person: People) -> None:
    worker = person(WORKER)
    worker.page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })")
    worker.open("/families/new")
    assert worker.settle().evaluate("crypto.subtle === undefined")
    worker.page.get_by_label("Nombres").fill(CANARY)
    worker.press("Registrar")
    expect(worker.page.get_by_label("Nombres")).to_have_value(CANARY)
    assert _stored(worker.settle()) == []
