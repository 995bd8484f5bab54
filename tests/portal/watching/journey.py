"""The whole journey of one family by the portal's own forms, with one word in everything people write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal import clock, tenancy
from portal.extensions import db
from portal.models import Placement, Proposal, Suggestion, SuggestionRun
from tests.attack.canary import CANARY, DNI, picture
from tests.ground import Ngo
from tests.portal.watching.forms import fill
from tests.portal.worlds import Browser, World

PHONE, INCOME, BORN = "987612345", "1371", timedelta(days=911)
MAIL = f"{CANARY.lower()}@semilla.example"
SECRETS = (CANARY, CANARY.lower(), DNI, PHONE, MAIL, "zzcanary")


@dataclass(frozen=True)
class Journey:
    """The people, and what stands in the database meanwhile."""

    app: Flask
    ngo: Ngo
    worker: Browser
    supervisor: Browser
    work: Callable[[], Any]

    def one(self, kind: type) -> UUID:
        """The row of a kind; of suggestions, the one on the list that counts."""
        with self.app.app_context(), tenancy.acting_for(self.ngo.id):
            found = select(kind.id)
            if kind is Suggestion:
                run = (SuggestionRun.id == kind.run_id) & SuggestionRun.current.is_(True)
                found = found.join(SuggestionRun, run)
            return db.session.scalars(found).one()

    def walk(self) -> None:
        """From the first call to care that runs, with a change of mind on the way."""
        family = self._register()
        self._ask(family)
        care = {"max_monthly_fee_pen": "310", "max_distance_km": "9"}
        assert fill(self.worker, f"/intake/{family}/care", CANARY, **care).status_code == 302
        assert self.work()
        self._decide(self._propose(family))
        self._care()

    def _register(self) -> str:
        answer = fill(self.worker, "/families/new", CANARY, ubigeo="150132", dni=DNI, phone=PHONE,
                      no_document_reason="")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].rpartition("/")[2].partition("?")[0]

    def _ask(self, family: str) -> None:
        today, at = clock.today(), f"/intake/{family}"
        place = {"ubigeo": "150132", "latitude": "-11.98", "longitude": "-77.0", "adults": "2", "income": INCOME}
        care = {"max_monthly_fee_pen": "300", "max_distance_km": "8"}
        child = {"birth_date": str(today - BORN), "schedule": "lun-vie 07:00-17:00", "dni": "",
                 "start_date": str(today)}
        agreed = {"services": "yes", "matching": "yes", "sharing": "yes", "given_on": str(today)}
        for page, given in (("home", place), ("care", care), ("children/new", child), ("consents", agreed)):
            answer = fill(self.worker, f"{at}/{page}", CANARY, **given)
            assert answer.status_code == 302, f"{page}: {answer.text}"
        for person, action in ((self.worker, "submit"), (self.supervisor, "accept")):
            page = f"/families/{family}"
            answer = person.post(f"{page}/move", page, action=action, note=CANARY)
            assert answer.status_code == 302, answer.text
        assert self.work()

    def _propose(self, family: str) -> str:
        page, found = f"/suggestions/{family}", self.one(Suggestion)
        for action in ("shortlist", "propose"):
            answer = self.worker.post(f"{page}/{found}/{action}", page, starts_on=str(clock.today()), note=CANARY)
            assert answer.status_code == 302, answer.text
        return f"/proposals/{self.one(Proposal)}"

    def _decide(self, page: str) -> None:
        assert self.supervisor.post(f"{page}/move", page, action="approve", note=CANARY).status_code == 302
        assert self.worker.post(f"{page}/move", page, action="offer", note=CANARY).status_code == 302
        for side in ("family", "provider"):
            answer = self.worker.post(f"{page}/answer", page, side=side, answer="accepted", note=CANARY)
            assert answer.status_code == 302

    def _care(self) -> None:
        page = f"/placements/{self.one(Placement)}"
        assert self.worker.post(f"{page}/sign", page, signed_on=str(clock.today())).status_code == 302
        assert self.worker.post(f"{page}/move", page, action="start", note=CANARY).status_code == 302

    def wander(self, provider: UUID) -> None:
        """What else people write: a search, a file, a wrong password, an address, a form full of mistakes."""
        for url, field in (("/search/", "q"), ("/families/", "name"), ("/providers/", "q"), ("/placements/", "q")):
            self.worker.seek(url, **{field: CANARY})
        self.worker.seek("/search/", q=DNI)
        picture_of = (BytesIO(picture()), f"{CANARY}.png")
        self.worker.post(f"/documents/providers/{provider}", f"/providers/{provider}", file=picture_of)
        asked = f"/families/?search={CANARY}", f"/{CANARY}?q={DNI}", f"/families/{CANARY}", f"/login?next={MAIL}"
        for address in asked:
            self.worker.get(address)
        self.worker.client.get("/", headers={"Referer": f"http://localhost/{CANARY}", "User-Agent": CANARY,
                                             "X-Forwarded-For": CANARY, "X-Request-ID": CANARY})
        fill(self.worker, "/families/new", CANARY, dni=CANARY, phone=CANARY, ubigeo=CANARY)
        stranger = Browser(self.app, MAIL)
        stranger.post("/login", "/login", email=MAIL, password=CANARY)
        stranger.post("/reset", "/reset", email=MAIL)


def provider(world: World) -> Any:
    """Somebody with a place, and the word in all they tell."""
    made = world.provider(name=CANARY, contact_name=CANARY, profile=f"{CANARY} cuida con cariño.", dni="76543211")
    made.phone = PHONE
    db.session.commit()
    return made
