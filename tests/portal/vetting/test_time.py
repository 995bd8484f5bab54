"""What time does to a vetted provider: warnings, renewal, the end of what it may do, the end of a leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from portal import clock
from portal.extensions import db
from portal.models import Provider, TenantSettings, Transition
from portal.services import expiry, vetting
from portal.services.vetting import Proof


@contextmanager
def after(days: int) -> Iterator[None]:
    with clock.at(clock.now() + timedelta(days=days)):
        yield


def moves(provider: Provider) -> list[str]:
    rows = db.session.query(Transition).filter_by(flow="provider", subject_id=provider.id).order_by(Transition.at)
    return [row.action for row in rows]


def test_an_expiry_takes_matchability_back_by_itself(approved: Provider) -> None:
    with after(90):
        assert vetting.lapse_due() == 0  # the last day still counts
    with after(91):
        assert vetting.lapse_due() == 1
        assert approved.status == "suspended"
        assert vetting.lapse_due() == 0
    assert db.session.query(Transition).filter_by(action="lapse").one().actor_name == "sistema"


def test_an_item_that_is_not_mandatory_ends_nothing(work: Any, approved: Provider) -> None:
    optional = next(item for item in approved.items if not item.checklist_item.mandatory)
    optional.state, optional.verified_at = "verified", clock.now()
    optional.expires_on = clock.today() + timedelta(days=1)
    vetting.refresh(approved)
    with after(5):
        assert vetting.lapse_due() == 0


def test_each_warning_comes_once(approved: Provider) -> None:
    counts = []
    for day in (29, 30, 31, 59, 60, 61, 82, 83, 84, 90):
        with after(day):
            counts.append(expiry.warn_due())
            assert expiry.warn_due() == 0
    assert counts == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]


def test_the_first_warning_asks_for_renewal(approved: Provider) -> None:
    with after(35):
        expiry.warn_due()
        assert approved.status == "recertification_due"
        expiry.warn_due()
    assert moves(approved).count("renewal_due") == 1


def test_the_ngo_decides_when_it_is_warned(approved: Provider) -> None:
    db.session.add(TenantSettings(values={"warning_days": [10]}))
    db.session.flush()
    with after(35):
        assert expiry.warn_due() == 0
    with after(80):
        assert expiry.warn_due() == 1


def test_a_renewed_paper_is_warned_of_again(work: Any, approved: Provider) -> None:
    cul = next(item for item in approved.items if item.checklist_item.code == "cul")
    with after(35):
        expiry.warn_due()
        vetting.verify(work.actor("caseworker"), cul, Proof(clock.today()))
        assert cul.warned_days is None
        vetting.move(work.actor("caseworker"), approved, "renew", vetting.Said())
        assert approved.status == "approved"
        assert approved.valid_until == clock.today() + timedelta(days=90)
    with after(35 + 30):
        assert expiry.warn_due() == 1
        assert approved.status == "recertification_due"


def test_a_leave_ends_by_itself(work: Any, approved: Provider) -> None:
    vetting.go_on_leave(work.actor("caseworker"), approved, clock.today() + timedelta(days=10))
    with after(10):
        assert vetting.return_from_leave_due() == 0
    with after(11):
        assert vetting.return_from_leave_due() == 1
        assert (approved.status, approved.leave_until) == ("approved", None)
        assert vetting.return_from_leave_due() == 0


def test_who_comes_back_without_papers_is_suspended(work: Any, approved: Provider) -> None:
    vetting.go_on_leave(work.actor("caseworker"), approved, clock.today() + timedelta(days=100))
    with after(120):
        assert vetting.return_from_leave_due() == 1
        assert approved.status == "suspended"
