"""What would help a family for whom few providers fit, as a run keeps it and the page tells it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models import Family, SuggestionRun
from portal.queries import suggestions as listed
from portal.services import matching
from tests.portal.matching.conftest import Scene


def openings(family: Family) -> list[dict[str, Any]]:
    run = matching.suggest_for(family)
    assert run is not None
    db.session.commit()
    return run.openings


def test_twenty_soles_more_open_every_provider_that_costs_so_much(scene: Scene) -> None:
    open_to = [scene.home(monthly_fee_pen=220), scene.home(monthly_fee_pen=215)]
    family = scene.case()  # can pay 200
    (smallest, *_) = openings(family)
    assert smallest["steps"] == [{"field": "max_fee", "by": 15.0, "then": ""}]
    assert smallest["providers"] == [str(open_to[1].id)]
    assert smallest["children"] == [str(family.children[0].id)]


def test_a_later_hour_is_told_as_the_hour_it_would_be(scene: Scene) -> None:
    scene.home(schedule="mon-fri 07:30-19:00")
    (one,) = openings(scene.case())  # from 07:00 on
    assert one["steps"] == [{"field": "start_later", "by": 30.0, "then": "07:30"}]


def test_an_earlier_end_is_told_as_the_hour_it_would_be(scene: Scene) -> None:
    scene.home(schedule="mon-fri 06:00-16:15")
    (one,) = openings(scene.case())  # until 17:00
    assert one["steps"] == [{"field": "end_earlier", "by": 45.0, "then": "16:15"}]


def test_what_is_told_does_open_the_provider_once_it_is_done(scene: Scene) -> None:
    provider, family = scene.home(monthly_fee_pen=217), scene.case()
    (one,) = openings(family)
    family.max_monthly_fee_pen += int(one["steps"][0]["by"])
    db.session.commit()
    assert matching.refusals(family, family.children, provider, clock.today()) == []


def test_where_enough_fit_nothing_is_told(scene: Scene) -> None:
    for fee in (100, 110, 120, 220):
        scene.home(monthly_fee_pen=fee)
    assert openings(scene.case()) == []


@pytest.mark.parametrize("closed", [{"status": "suspended"}, {"special_needs": []}])
def test_no_wish_opens_what_a_rule_about_the_child_or_the_vetting_closes(scene: Scene, closed: dict[str, Any]) -> None:
    scene.home(**{"special_needs": ["asthma"], **closed})
    family = scene.case()
    family.children[0].special_needs = ["asthma"]
    db.session.commit()
    assert openings(family) == []


def test_only_the_newest_run_keeps_them(scene: Scene) -> None:
    scene.home(monthly_fee_pen=220)
    family = scene.case()
    openings(family)
    openings(family)
    runs = db.session.scalars(select(SuggestionRun).where(SuggestionRun.family_id == family.id))
    assert sorted(len(run.openings) for run in runs) == [0, 1]
    assert listed.current_run(family.id).openings


def test_the_page_says_what_would_help_and_leads_to_whom(log_in, made) -> None:
    def short(world):
        scene = Scene(world.ngo)
        scene.home(monthly_fee_pen=220, name="Hogar Retama")
        family = scene.case()
        openings(family)
        return family

    family = made(short)
    text = log_in("caseworker").get(f"/suggestions/{family}").text.replace("\xa0", " ")
    told = text[text.index('id="openings"'):text.index('id="why-not"')]
    assert "Pagando S/ 20 más al mes, podría atender 1 cuidador más." in told
    assert "Hogar Retama</a>" in told


@pytest.mark.parametrize("placeless", ["family", "provider"])
def test_a_distance_from_the_centre_of_a_district_is_told_as_such(log_in, made, placeless: str) -> None:
    def short(world):
        scene, nowhere = Scene(world.ngo), {"latitude": None, "longitude": None}
        scene.home(**({"latitude": -12.1} if placeless == "family" else nowhere))
        family = scene.case(max_distance_km=0.2, **(nowhere if placeless == "family" else {}))
        assert [one["field"] for one in openings(family)[0]["steps"]] == ["max_km"]
        return family

    family = made(short)
    text = log_in("caseworker").get(f"/suggestions/{family}").text.replace("\xa0", " ")
    told = text[text.index('id="openings"'):text.index('id="why-not"')]
    assert re.search(r"Yendo unos [^,]+ km más lejos \(contados desde el centro del distrito\), podría atender", told)
