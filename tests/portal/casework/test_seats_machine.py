"""Whatever is done in whatever order: the counts of a band equal its rows, and nothing is overbooked."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from portal import clock
from portal.errors import ConflictError
from portal.extensions import db
from portal.models import Family, Placement, Proposal, SeatBand, SeatHold
from portal.models.placement import OPEN
from portal.services import placements, proposals, seats
from portal.services.placements import Ending
from portal.workflow import ALL_END_REASONS, Said
from tests.portal.worlds import World

ANY = st.integers(0, 1000)


class Seats(RuleBasedStateMachine):
    """One provider of three seats, and everything that may happen to them."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.now = clock.now()

    @initialize()
    def begin(self) -> None:
        with clock.at(self.now):
            self.provider = self.world.provider(capacity=3)

    def _do(self, work) -> None:
        """Inside a transaction of its own, as a request is."""
        with clock.at(self.now):
            try:
                work()
                db.session.commit()
            except ConflictError:
                db.session.rollback()

    def _pick(self, kind: type, place: int, *statuses: str):
        found = db.session.scalars(
            select(kind).where(kind.provider_id == self.provider.id, kind.status.in_(statuses)).order_by(kind.id)
        ).all()
        return found[place % len(found)] if found else None

    def _on(self, kind: type, place: int, statuses: tuple[str, ...], work) -> None:
        row = self._pick(kind, place, *statuses)
        if row is not None:
            self._do(lambda: work(row))

    def _family(self, children: int = 1) -> Family:
        family = self.world.family(children)
        self.world.answers(family)
        return family

    @rule(children=st.integers(1, 2))
    def propose(self, children: int) -> None:
        with clock.at(self.now):
            suggestion = self.world.suggestion(self._family(children), self.provider)
        self._do(lambda: proposals.propose(self.world.worker, suggestion, clock.today()))

    @rule(place=ANY)
    def approve_and_offer(self, place: int) -> None:
        def work(row: Proposal) -> None:
            proposals.approve(self.world.supervisor, row)
            proposals.offer(self.world.worker, row)

        self._on(Proposal, place, ("proposed",), work)

    @rule(place=ANY)
    def reject(self, place: int) -> None:
        self._on(Proposal, place, ("proposed",), lambda row: proposals.reject(self.world.supervisor, row, "other"))

    @rule(place=ANY)
    def accept(self, place: int) -> None:
        def work(row: Proposal) -> None:
            if row.status == "proposed":
                proposals.approve(self.world.supervisor, row)
                proposals.offer(self.world.worker, row)
            proposals.record_answer(self.world.worker, row, "family", "accepted")
            proposals.record_answer(self.world.worker, row, "provider", "accepted")

        self._on(Proposal, place, ("proposed", "offered"), work)

    @rule(place=ANY)
    def decline(self, place: int) -> None:
        def work(row: Proposal) -> None:
            proposals.record_answer(self.world.worker, row, "family", "declined", Said("other"))
            proposals.confirm_decline(self.world.supervisor, row)

        self._on(Proposal, place, ("offered",), work)

    @rule(place=ANY)
    def withdraw(self, place: int) -> None:
        statuses = ("proposed", "approved", "offered", "returned")
        self._on(Proposal, place, statuses, lambda row: proposals.withdraw(self.world.worker, row, "other"))

    @rule()
    def care_begins(self) -> None:
        """The whole way at once, so that runs reach what comes after it."""
        with clock.at(self.now):
            suggestion = self.world.suggestion(self._family(), self.provider)

        def work() -> None:
            proposal = proposals.propose(self.world.worker, suggestion, clock.today())
            proposals.approve(self.world.supervisor, proposal)
            proposals.offer(self.world.worker, proposal)
            for side in ("family", "provider"):
                proposals.record_answer(self.world.worker, proposal, side, "accepted")
            for one in db.session.scalars(select(Placement).where(Placement.proposal_id == proposal.id)).all():
                placements.sign(self.world.worker, one, clock.today())
                placements.start(self.world.worker, one)

        self._do(work)

    @rule(place=ANY)
    def start(self, place: int) -> None:
        def work(row: Placement) -> None:
            placements.sign(self.world.worker, row, clock.today())
            placements.start(self.world.worker, row)

        self._on(Placement, place, ("planned",), work)

    @rule(place=ANY)
    def cancel(self, place: int) -> None:
        self._on(Placement, place, ("planned",), lambda row: placements.cancel(self.world.supervisor, row, "other"))

    @rule(place=ANY, reason=st.sampled_from(ALL_END_REASONS), days=st.integers(0, 4))
    def end(self, place: int, reason: str, days: int) -> None:
        def work(row: Placement) -> None:
            placements.end(self.world.worker, row, Ending(clock.today() + timedelta(days=days), reason, "Una nota."))

        self._on(Placement, place, ("active", "interrupted"), work)

    @rule(place=ANY, reason=st.sampled_from(ALL_END_REASONS))
    def confirm_end(self, place: int, reason: str) -> None:
        def work(row: Placement) -> None:
            placements.confirm_end(self.world.supervisor, row, reason, "Una nota.")

        self._on(Placement, place, ("ending",), work)

    @rule(place=ANY)
    def drop_end(self, place: int) -> None:
        self._on(Placement, place, ("active", "interrupted"), lambda row: placements.drop_end(self.world.worker, row))

    @rule(place=ANY)
    def correct(self, place: int) -> None:
        self._on(Placement, place, ("ended",), lambda row: placements.correct(self.world.supervisor, row, "Error."))

    @rule(hours=st.sampled_from((1, 1, 1, 5, 5, 20, 49)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._do(lambda: (proposals.expire_due(), placements.end_due(), placements.free_due()))

    @rule(capacity=st.integers(2, 4))
    def set_capacity(self, capacity: int) -> None:
        self._do(lambda: seats.set_capacity(self.provider.id, "24_35m", capacity))

    @invariant()
    def counts_equal_rows(self) -> None:
        if not hasattr(self, "provider"):
            return
        held, taken = self.world.seats(self.provider.id)
        capacity = self._count(select(SeatBand.capacity).where(SeatBand.provider_id == self.provider.id))
        assert held == self._count(select(func.count(SeatHold.id)).where(
            SeatHold.provider_id == self.provider.id, SeatHold.state == "held"
        ))
        assert taken == self._count(select(func.count(Placement.id)).where(
            Placement.provider_id == self.provider.id, Placement.seat_freed.is_(False)
        ))
        assert held + taken <= capacity

    @invariant()
    def a_child_is_in_one_place(self) -> None:
        doubled = select(Placement.child_id).where(Placement.status.in_(OPEN)).group_by(Placement.child_id)
        assert db.session.scalars(doubled.having(func.count() > 1)).first() is None

    def _count(self, query) -> int:
        return db.session.scalars(query).one()


def test_counts_equal_rows_whatever_happens(world):
    run_state_machine_as_test(lambda: Seats(world), settings=settings(
        max_examples=30, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), database=None,
    ))
