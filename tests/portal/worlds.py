"""What a casework test makes: a provider, a family that waits, a suggestion, and what follows from them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from portal import clock
from portal.extensions import db
from portal.models import (
    Caregiver,
    Child,
    Consent,
    Family,
    Placement,
    Proposal,
    Provider,
    SeatBand,
    Suggestion,
    SuggestionRun,
)
from portal.policy import Actor
from portal.services import placements, proposals
from tests.ground import PASSWORD, Ngo

PLACE = {"ubigeo": "150132", "latitude": -11.98, "longitude": -77.0}
_numbers = count(1)


def _number(column: Any) -> int:
    """One that no NGO of the test has, and above what screens and programs gave in this one."""
    return max(next(_numbers), (db.session.scalar(select(func.max(column))) or 0) + 1)


@dataclasses.dataclass(frozen=True)
class World:
    """What a test makes inside one NGO."""

    ngo: Ngo

    @property
    def worker(self) -> Actor:
        return self.ngo.actor("caseworker")

    @property
    def supervisor(self) -> Actor:
        return self.ngo.actor("supervisor")

    def provider(self, capacity: int = 2, **values: Any) -> Provider:
        given = {
            "name": "Hogar Amancay", "kind": "home", "status": "approved", "schedule": "mon-sat 06:00-19:00",
            "monthly_fee_pen": 120, "valid_until": clock.today() + timedelta(days=200), **PLACE, **values,
        }
        row = Provider(number=_number(Provider.number), **given)
        db.session.add(row)
        db.session.flush()
        db.session.add(SeatBand(provider_id=row.id, band="24_35m", capacity=capacity))
        db.session.commit()
        return row

    def family(self, children: int = 1, **values: Any) -> Family:
        given = {
            "status": "waiting", "max_monthly_fee_pen": 200, "max_distance_km": 4.0, "waiting_since": clock.now(),
            **PLACE, **values,
        }
        row = Family(**{"number": _number(Family.number), "caseworker_id": self.ngo.people["caseworker"], **given})
        row.caregivers = [Caregiver(family_id=row.id, given_names="Rosa", paternal_surname="Quispe")]
        row.children = [
            Child(family_id=row.id, given_names=f"Luz {n}", surnames="Quispe", schedule="mon-fri 07:00-17:00",
                  birth_date=clock.today() - timedelta(days=900))
            for n in range(children)
        ]
        db.session.add(row)
        db.session.commit()
        return row

    def answers(self, family: Family, purpose: str = "sharing", given: bool = True) -> None:
        """The family's answer to a purpose of consent, now."""
        db.session.add(Consent(
            family_id=family.id, purpose=purpose, given=given, text_version="t", given_on=clock.today(),
            given_by="Rosa Quispe", channel="signature", recorded_by_id=self.ngo.people["caseworker"],
            recorded_at=clock.now(),
        ))
        db.session.commit()
        db.session.expire(family, ["consents"])

    def suggestion(self, family: Family, provider: Provider, **values: Any) -> Suggestion:
        """A shortlisted one, for all children of the family."""
        run = SuggestionRun(family_id=family.id, model_version="test", settings={}, why_not=[], counts={})
        db.session.add(run)
        db.session.flush()
        row = Suggestion(
            run_id=run.id, family_id=family.id, provider_id=provider.id,
            children=[str(one.id) for one in family.children],
            rank=1, score=0.8, band="high", text_score=0.5, distance_km=0.0, contributions={"distance": 0.1},
            sentences={}, **{"status": "shortlisted", "features": {}, "facts": {"for": [
                {"code": "distance", "values": {"km": 0.4}, "share": 0.1},
            ], "against": []}, **values},
        )
        db.session.add(row)
        db.session.commit()
        return row

    def proposal(self, provider: Provider | None = None, actor: Actor | None = None, **values: Any) -> Proposal:
        """A proposal that waits for a decision."""
        family = self.family(**values)
        self.answers(family)
        suggestion = self.suggestion(family, provider or self.provider())
        tomorrow = clock.today() + timedelta(days=1)
        made = proposals.propose(actor or self.worker, suggestion, tomorrow, "Conocen el lugar.")
        db.session.commit()
        return made

    def offered(self, **values: Any) -> Proposal:
        """An approved proposal whose offer is out."""
        made = self.proposal(**values)
        proposals.approve(self.supervisor, made)
        proposals.offer(self.worker, made)
        db.session.commit()
        return made

    def planned(self, **values: Any) -> Placement:
        """A placement both sides said yes to."""
        made = self.offered(**values)
        for side in ("family", "provider"):
            proposals.record_answer(self.worker, made, side, "accepted")
        db.session.commit()
        return db.session.scalars(select(Placement).where(Placement.proposal_id == made.id)).first()

    def active(self, started: date | None = None, **values: Any) -> Placement:
        """A child in care since a day."""
        placement = self.planned(**values)
        placement.starts_on = started or clock.today()
        placements.sign(self.worker, placement, clock.today())
        placements.start(self.worker, placement)
        db.session.commit()
        return placement

    def seats(self, provider: UUID) -> tuple[int, int]:
        """(held, taken) of the only band."""
        row = db.session.scalars(
            select(SeatBand).where(SeatBand.provider_id == provider).execution_options(populate_existing=True)
        ).one()
        return row.held, row.taken


class Browser:
    """A person at work: a test client with the hidden fields of its forms."""

    def __init__(self, app: Flask, email: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.post("/login", "/login", email=email, password=PASSWORD)

    def get(self, url: str) -> Any:
        return self.client.get(url)

    def post(self, url: str, page: str, **data: Any) -> Any:
        """Send a form as the page shows it now; `data` fills it in."""
        return self.client.post(url, data={**self.hidden(page), **data})

    def seek(self, url: str, **data: Any) -> Any:
        """Narrow a list by words: the page its form leads to."""
        return self.get(self.post(url, url, **data).headers["Location"])

    def hidden(self, page: str) -> dict[str, str]:
        """The hidden fields of the forms of a page."""
        return dict(re.findall(r'name="(csrf_token|_tenant|version)"[^>]*value="([^"]*)"', self.get(page).text))


def statements(app: Flask, ask: Callable[[], Any]) -> int:
    """How many statements about data a page sends."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if not text.startswith(("BEGIN", "SET", "SELECT set_config")):
            seen.append(text)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
