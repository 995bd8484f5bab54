"""The sections of a case file, as people fill them."""

from __future__ import annotations

import re

from portal.extensions import db
from portal.services import intakes

CARE = {"max_monthly_fee_pen": "200", "max_distance_km": "4", "siblings": "together", "language": "es", "priority": "0",
        "care_reason": ""}


def test_a_story_is_gone_on_with_where_it_was_left(log_in, made):
    family = made(lambda world: world.family(story="Le gusta cantar."))
    page, person = f"/intake/{family}/care", log_in("caseworker")
    assert ">\r\nLe gusta cantar.</textarea>" in person.get(page).text
    assert person.post(page, page, **CARE, story="Le gusta cantar y dibujar.").status_code == 302
    assert "Le gusta cantar y dibujar." in person.get(f"/families/{family}").text


def test_the_week_of_a_child_is_shown_in_the_readers_language(log_in, made):
    person, family = log_in("caseworker"), made(lambda world: world.family())
    found = re.search(rf"/intake/{family}/children/[0-9a-f-]{{36}}", person.get(f"/families/{family}").text)
    text = person.get(found[0]).text
    assert 'value="lun-vie 07:00-17:00"' in text
    assert "mon-fri" not in text


def test_what_the_system_did_is_said_in_the_readers_language(log_in, made):
    def admit(world):
        family = world.family(status="submitted")
        intakes.accept(world.supervisor, family)
        db.session.commit()
        return family

    person, family = log_in("caseworker"), made(admit)
    assert "· sistema</span>" in person.get(f"/families/{family}").text
    person.post("/account/language", "/", language="en")
    assert "· the system</span>" in person.get(f"/families/{family}").text
