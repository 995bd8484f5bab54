"""What an intake lacks leads to where it is entered, whatever else it has."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.models import Family
from tests.portal.worlds import Browser, World

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]

CARD = re.compile(r"Falta para enviar a supervisión</h\d>.*?<ul>(.*?)</ul>", re.DOTALL)


def nothing(world: World) -> Family:
    return world.family(children=0, status="draft", ubigeo=None, max_monthly_fee_pen=None, max_distance_km=None)


def hours_of_the_second(world: World) -> Family:
    family = world.family(children=2, status="draft")
    for child in family.children:
        if child.given_names == "Luz 1":
            child.schedule = ""
        else:
            child.start_date = clock.today()
    db.session.commit()
    return family


def no_phone_but_each_child_whole(world: World) -> Family:
    family = world.family(status="draft", story="Tiene asma.")
    family.children[0].start_date = clock.today()
    db.session.commit()
    return family


@pytest.mark.parametrize(("draft", "told"), [
    (nothing, ["Al menos una niña o un niño", "distrito"]), (hours_of_the_second, ["Luz 1"]),
    (no_phone_but_each_child_whole, ["teléfono", "Asma"]),
])
def test_each_line_leads_to_its_field(
    log_in: LogIn, made: Made, draft: Callable[[World], Family], told: list[str]
) -> None:
    person, family = log_in("caseworker"), made(draft)
    shown = person.get(f"/families/{family}")
    assert shown.status_code == 200
    (card,) = CARD.findall(shown.text)
    for words in told:
        assert words.lower() in card.lower()
    for address in re.findall(r'href="([^"]+)"', card):
        if address.startswith("#"):
            assert f'id="{address[1:]}"' in shown.text
        else:
            assert person.get(html.unescape(address)).status_code == 200, address


def test_the_line_of_a_child_leads_to_that_child(log_in: LogIn, made: Made) -> None:
    person, family = log_in("caseworker"), made(hours_of_the_second)
    (card,) = CARD.findall(person.get(f"/families/{family}").text)
    (address,) = {one for one in re.findall(r'href="([^"]+)"', card) if "/children/" in one and "Luz 1" in card}
    assert 'value="Luz 1"' in person.get(address).text
