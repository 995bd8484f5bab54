"""What waits for a decision: proposals, refusals of an offer, unplanned ends."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import SelectChoice

from portal.errors import NotFoundError
from portal.forms.proposal import QueueFilter
from portal.models import Placement, Proposal
from portal.policy import Permission, allowed
from portal.queries import people
from portal.queries import proposals as queries
from portal.views.access import screen
from portal.views.base import PortalView, as_id
from portal.views.comparison import how_far
from portal.views.links import page_of


class Queue(PortalView):
    """The supervisor's queue, the reservation that ends first on top."""

    @screen("/", Permission.PROPOSAL_QUEUE)
    def index(self) -> str:
        """Everything that waits, with enough to know what to open first."""
        form = QueueFilter(request.args)
        form.proposer.choices = [SelectChoice("", _("Todos")), *_proposers(_person(form.proposer.data))]
        status, proposer = form.status.data or "", _person(form.proposer.data)
        wanted = queries.Wanted(status, proposer, bool(form.soon.data))
        rows = [] if status == "ending" else queries.queue(self.actor, wanted)
        ends = [] if status in queries.TO_DECIDE or wanted.soon or proposer else queries.ends_to_confirm(self.actor)
        return self.render(
            "queue/index.html", form=form, rows=rows, ends=ends, page_of=page_of, how_far=how_far,
            decidable=self._decidable, filtered=bool(status or proposer or wanted.soon),
        )

    def _decidable(self, row: Proposal | Placement) -> bool:
        """May the person at work decide on this one?"""
        return allowed(self.actor, DECIDES[row.status], row)


DECIDES: dict[str, Permission] = {
    "proposed": Permission.PROPOSAL_DECIDE, "decline_pending": Permission.DECLINE_CONFIRM,
    "ending": Permission.PLACEMENT_CONFIRM,
}


def _proposers(chosen: str) -> list[SelectChoice]:
    """Whoever proposed what waits, and who is chosen, whose last one may have been decided since."""
    made = set(map(str, queries.proposers())) | {chosen}
    return [
        SelectChoice(person, one.name) for one in people.colleagues() if (person := str(one.user_id)) in made
    ]


def _person(text: Any) -> str:
    """An id of a person, "" for what is none."""
    try:
        return str(as_id(text)) if text else ""
    except NotFoundError:
        return ""
