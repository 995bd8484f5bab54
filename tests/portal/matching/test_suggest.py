"""A run of the matcher for one family, by the real encoder: what is kept, what is told, and what people decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from ml.pipeline import text_score
from portal import clock
from portal.extensions import db
from portal.models import Exclusion, Family, Suggestion, SuggestionRun, TenantSettings
from portal.queries import suggestions as listed
from portal.services import matching, suggestions
from portal.services.matching.vectors import encoder
from tests.portal.matching.conftest import Scene

TERMS = {
    "distance", "hours", "fee", "age_fit", "language", "special_needs", "siblings", "vetting", "continuity", "text",
    "answers", "base",
}


def run_for(family: Family) -> SuggestionRun:
    run = matching.suggest_for(family)
    assert run is not None
    db.session.commit()
    return run


def rows(run: SuggestionRun) -> list[Suggestion]:
    found = select(Suggestion).where(Suggestion.run_id == run.id).order_by(Suggestion.rank)
    return list(db.session.scalars(found))


def test_a_run_is_kept_with_its_version_and_its_settings(scene: Scene) -> None:
    scene.home()
    run = run_for(scene.case())
    assert run.current
    assert run.model_version.startswith(encoder().version)
    assert run.settings == {
        "vetting_margin_days": 0, "conditional_may_match": False, "subsidy": 0.0, "unknown_may_pass": ["language"],
        "keep": 10, "refused_model": "",
    }


def test_a_suggestion_is_frozen_with_everything_that_made_it(scene: Scene) -> None:
    family, provider = scene.case(), scene.home()
    (row,) = rows(run_for(family))
    assert (row.provider_id, row.children, row.rank) == (provider.id, [str(family.children[0].id)], 1)
    assert set(row.contributions) == TERMS
    assert sum(row.contributions.values()) == pytest.approx(row.score)
    assert set(row.features) == TERMS - {"base"}
    assert text_score(row.features["text"], row.features["answers"]) == pytest.approx(row.text_score, abs=1e-5)
    assert 1 <= len(row.facts["for"]) <= 3
    assert len(row.facts["against"]) <= 2
    assert row.sentences["nearest"]["need"] in (family.story or "")
    assert row.sentences["nearest"]["offer"] in provider.profile


def test_what_was_frozen_stays_when_the_world_moves_on(scene: Scene) -> None:
    family, provider = scene.case(), scene.home()
    (row,) = rows(run_for(family))
    before = (row.score, dict(row.features), dict(row.facts))
    provider.monthly_fee_pen, provider.profile = 190, "Otro perfil."
    db.session.commit()
    run_for(family)
    db.session.expire_all()
    assert (row.score, row.features, row.facts) == before


def test_the_profile_that_tells_the_same_comes_first(scene: Scene) -> None:
    family = scene.case()
    other = scene.home(profile="Tenemos personal nocturno y cámaras. El local queda frente a la comisaría.")
    same = scene.home()
    assert [row.provider_id for row in rows(run_for(family))] == [same.id, other.id]


def test_as_many_are_kept_as_the_ngo_decided(scene: Scene) -> None:
    for _ in range(4):
        scene.home()
    db.session.add(TenantSettings(values={"suggestions_kept": 2}))
    db.session.commit()
    assert [row.rank for row in rows(run_for(scene.case()))] == [1, 2]


def test_only_the_newest_run_counts_and_the_table_of_the_one_before_is_gone(scene: Scene) -> None:
    scene.home(monthly_fee_pen=900)
    family = scene.case()
    first, second = run_for(family), run_for(family)
    assert (first.current, first.why_not, second.current) == (False, [], True)
    assert listed.current_run(family.id) == second
    assert len(second.why_not) == 1
    assert first.counts == second.counts == {"fee": 1}


@pytest.mark.parametrize("answers", [{"matching": False}, {"services": False}])
def test_without_consent_there_is_no_run_and_the_last_one_ends(scene: Scene, answers: dict[str, bool]) -> None:
    scene.home()
    family = scene.case()
    run_for(family)
    scene.answer(family, **answers)
    assert not matching.may_suggest(family)
    assert matching.suggest_for(family) is None
    db.session.commit()
    assert listed.current_run(family.id) is None
    scene.answer(family, **dict.fromkeys(answers, True))
    assert matching.suggest_for(family) is not None


def test_who_was_never_asked_is_not_compared(scene: Scene) -> None:
    scene.home()
    family = scene.family(story="Trabajo de noche.")
    assert matching.suggest_for(family) is None


@pytest.mark.parametrize("status", ["draft", "not_eligible", "placed", "closed"])
def test_a_case_that_is_not_open_is_not_compared(scene: Scene, status: str) -> None:
    scene.home()
    assert matching.suggest_for(scene.case(status=status)) is None


def test_a_child_in_care_is_not_compared(scene: Scene) -> None:
    placement = scene.active(story="Trabajo de día.")
    scene.answer(placement.family, services=True, matching=True)
    placement.family.status = "waiting"
    assert matching.suggest_for(placement.family) is None


def test_siblings_are_suggested_together_or_each_alone(scene: Scene) -> None:
    scene.home()
    together, apart = scene.case(children=2), scene.case(children=2, siblings="may_split")
    assert [len(row.children) for row in rows(run_for(together))] == [2]
    assert [len(row.children) for row in rows(run_for(apart))] == [1, 1]


def test_why_not_names_a_provider_once_and_a_rule_once_with_its_children(scene: Scene) -> None:
    family = scene.case(children=2, siblings="may_split")
    early, late = family.children
    early.schedule, late.schedule = "mon-fri 05:00-13:00", "mon-fri 13:00-21:00"
    dear = scene.home(monthly_fee_pen=900)
    db.session.commit()
    run = run_for(family)
    (entry,) = run.why_not
    assert entry["provider"] == str(dear.id)
    by_rule = {}
    for told in entry["rules"]:
        by_rule.setdefault(told["rule"], []).append(sorted(told["children"]))
    assert by_rule == {
        "fee": [sorted(str(one.id) for one in family.children)],
        "hours": [[str(one.id)] for one in sorted((early, late), key=_place_in(entry))],
    }
    assert run.counts == {"fee": 1, "hours": 1}


def _place_in(entry: dict[str, Any]) -> Any:
    order = [told["children"][0] for told in entry["rules"] if told["rule"] == "hours"]
    return lambda child: order.index(str(child.id))


def test_a_rule_tells_what_was_needed_and_what_was_offered(scene: Scene) -> None:
    scene.home(monthly_fee_pen=900)
    (entry,) = run_for(scene.case()).why_not
    (told,) = entry["rules"]
    assert (told["rule"], told["result"]) == ("fee", "fail")
    assert (told["needed"]["pen"], told["offered"]["pen"]) == (200.0, 900.0)


def test_the_table_speaks_of_who_is_within_reach_the_nearest_miss_first(scene: Scene) -> None:
    two_rules = scene.home(monthly_fee_pen=900, schedule="mon 07:00-08:00")
    one_rule = scene.home(latitude=-11.94)  # 4.4 km: the family goes 4
    scene.home(latitude=-13.16, longitude=-74.22)  # in Ayacucho
    scene.home(status="closed"), scene.home(status="invited"), scene.home(status="rejected")
    found = [UUID(entry["provider"]) for entry in run_for(scene.case()).why_not]
    assert found == [one_rule.id, two_rules.id]


def test_an_exclusion_is_told_without_its_reason(scene: Scene) -> None:
    provider, family = scene.home(), scene.case()
    exclusion = Exclusion(family_id=family.id, provider_id=provider.id)
    exclusion.note = "El padre vive allí."
    family.exclusions.append(exclusion)
    db.session.commit()
    run = run_for(family)
    assert rows(run) == []
    assert [told["rule"] for told in run.why_not[0]["rules"]] == ["conflict"]
    assert "padre" not in str(run.why_not)


@pytest.mark.parametrize("status", ["in_vetting", "suspended", "conditional"])
def test_who_is_not_vetted_is_not_suggested(scene: Scene, status: str) -> None:
    scene.home(status=status)
    run = run_for(scene.case())
    assert (rows(run), run.counts) == ([], {"vetting": 1})


@pytest.mark.parametrize(("starts_in", "found"), [(0, 0), (10, 0), (11, 1)])
def test_who_is_on_leave_is_suggested_for_a_later_start(scene: Scene, starts_in: int, found: int) -> None:
    today = clock.today()
    scene.home(status="on_leave", leave_from=today, leave_until=today + timedelta(days=10))
    family = scene.case()
    family.children[0].start_date = today + timedelta(days=starts_in)
    assert len(rows(run_for(family))) == found


def test_a_decision_is_kept_when_the_list_is_made_anew(scene: Scene) -> None:
    family = scene.case()
    for _ in range(3):
        scene.home()
    first = rows(run_for(family))
    suggestions.shortlist(scene.worker, first[0])
    suggestions.dismiss(scene.worker, first[1], "family_trust")
    db.session.commit()
    again = run_for(family)
    assert [row.provider_id for row in rows(again)] == [first[2].provider_id]
    shown = listed.of_family(family.id, again)
    assert [(row.status, row.provider_id) for row in shown] == [
        ("shortlisted", first[0].provider_id), ("suggested", first[2].provider_id),
        ("dismissed", first[1].provider_id),
    ]


def test_a_decision_about_siblings_is_kept_though_their_order_changed(scene: Scene) -> None:
    """A birth date was corrected: the older one is now the younger one. It is the same place for the same children."""
    family = scene.case(children=2)
    scene.home()
    (row,) = rows(run_for(family))
    suggestions.dismiss(scene.worker, row, "family_trust")
    first, second = sorted(family.children, key=lambda one: row.children.index(str(one.id)))
    first.birth_date, second.birth_date = clock.today() - timedelta(days=880), clock.today() - timedelta(days=920)
    db.session.commit()
    assert [one.id for one in family.children] == [second.id, first.id]
    assert rows(run_for(family)) == []


def test_a_provider_touches_the_families_within_its_reach_and_those_it_was_listed_for(scene: Scene) -> None:
    provider = scene.home()
    near, listed_for = scene.case(), scene.case()
    run_for(listed_for)
    listed_for.latitude, listed_for.longitude = -13.16, -74.22
    away = scene.case(latitude=-13.16, longitude=-74.22)
    closed, unknown = scene.case(status="closed"), scene.case(max_distance_km=None)
    db.session.commit()
    found = set(matching.touched_by(provider))
    assert found == {near.id, listed_for.id, unknown.id}
    assert not found & {away.id, closed.id}
