"""Where one is led back to: a page that opens, never an address that only takes forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.portal.worlds import Browser

CASE = "/families/00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(("path", "page"), [
    ("/families/?whose=mine", "/families/?whose=mine"), (f"{CASE}/reveal", CASE), (f"{CASE}/move", CASE),
    ("/nowhere/at/all", "/"), ("//elsewhere.example", "/"), ("/\\elsewhere.example", "/"), ("https://x.example", "/"),
])
def test_another_language_leads_to_a_page(app: Flask, log_in: Callable[..., Browser], path: str, page: str) -> None:
    answer = log_in("caseworker").post("/account/language", "/", language="en", next=path)
    assert (answer.status_code, answer.location) == (302, page)


def test_the_pages_of_a_case_keep_their_place_in_the_menu(log_in: Callable[..., Browser], made: Any) -> None:
    family = made(lambda world: world.family())
    text = log_in("caseworker").get(f"/intake/{family}/care").text
    assert 'href="/families/" aria-current="page"' in text


def test_an_error_leads_back_to_the_form(log_in: Callable[..., Browser], made: Any) -> None:
    person, page = log_in("caseworker"), f"/intake/{made(lambda world: world.family())}/care"
    answer = person.client.post(page, data={"story": "x"}, headers={"Referer": f"http://localhost{page}"})
    assert (answer.status_code, f'href="{page}"' in answer.text) == (400, True)
    strange = person.client.post(page, data={}, headers={"Referer": "http://elsewhere.example/trap"})
    assert "elsewhere" not in strange.text
