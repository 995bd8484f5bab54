"""A sealed value of a file is shown for a reason: usual ones are offered; a phone is called by a touch."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from portal import wording
from portal.extensions import db
from tests.portal.worlds import Browser, World

LogIn = Callable[..., Browser]
Made = Callable[[Callable[[World], Any]], str]
PHONE = "987654321"


@pytest.fixture
def adult(made: Made) -> tuple[str, str]:
    """The file of a family, and the row of its main caregiver, who has a phone."""
    found = []

    def build(world: World) -> Any:
        family = world.family()
        found.append(family.caregivers[0].id)
        family.caregivers[0].phone = PHONE
        db.session.commit()
        return family

    page = f"/families/{made(build)}"
    return page, str(found[0])


def test_a_phone_is_called_by_a_touch(log_in: LogIn, adult: tuple[str, str]) -> None:
    page, row = adult
    worker = log_in("caseworker")
    assert "tel:" not in worker.get(page).text
    answer = worker.post(f"{page}/reveal", page, row=row, field="phone", reason="Llamar por un seguimiento")
    assert f'<a href="tel:{PHONE}">{PHONE}</a>' in answer.text
    other = worker.post(f"{page}/reveal", page, row=row, field="dni", reason="Compararlo con el documento")
    assert (other.status_code, "tel:" in other.text) == (200, False)


def test_usual_reasons_are_offered_and_are_reasons(log_in: LogIn, adult: tuple[str, str]) -> None:
    page, row = adult
    worker = log_in("caseworker")
    offered = re.search(rf'<datalist id="whys-phone-{row}">(.*?)</datalist>', worker.get(page).text, re.S)
    assert offered is not None
    reasons = re.findall(r'value="([^"]+)"', offered[1])
    assert reasons == [str(words) for _code, words in wording.choices("why_phone")]
    for reason in reasons:
        assert worker.post(f"{page}/reveal", page, row=row, field="phone", reason=reason).status_code == 200


def test_the_reasons_stand_in_the_trail_as_they_were_read(log_in: LogIn, adult: tuple[str, str]) -> None:
    page, row = adult
    log_in("caseworker").post(f"{page}/reveal", page, row=row, field="phone", reason="Llamar por un seguimiento")
    assert "Llamar por un seguimiento" in log_in("ngo_admin").get("/trail/?action=reveal").text
