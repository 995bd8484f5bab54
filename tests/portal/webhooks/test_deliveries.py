"""Messages: signed, sent after the commit, tried again with the same id, given up at last."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import select
from standardwebhooks import WebhookVerificationError

from portal import clock, outbox, tenancy
from portal.audit import AuditEvent
from portal.errors import ConflictError
from portal.events import BULK, DELIVER, Job
from portal.extensions import db
from portal.jobs import periodic
from portal.models import Membership, Webhook, WebhookDelivery
from portal.models.webhook import EVENTS
from portal.services import proposals, webhooks
from portal.services.webhooks import deliveries, signing
from portal.services.webhooks.deliveries import LONGEST_REST, PATIENCE, PAUSES
from portal.workflow import FLOWS
from tests.ground import Ngo
from tests.portal.webhooks.conftest import Hook, Hooked, Work
from tests.portal.webhooks.receiver import Receiver
from tests.portal.worlds import World

SECONDS = timedelta(seconds=1)
ALL_TRIES = sum(PAUSES) * 1.2 * SECONDS


@pytest.fixture
def hook(there: Receiver, hooked: Hooked) -> Hook:
    return hooked(there.address)


def later(work: Work, span: timedelta) -> int:
    with clock.at(clock.now() + span):
        return work()


def through_all_tries(work: Work, start: timedelta = timedelta(0)) -> None:
    """From an instant on, look after each pause."""
    passed = start
    with clock.at(clock.now() + passed):
        work()
    for pause in PAUSES:
        passed += max(pause * 1.2 * SECONDS, LONGEST_REST) + SECONDS
        with clock.at(clock.now() + passed):
            work()


def counted(result: str) -> float:
    return REGISTRY.get_sample_value("ayni_webhook_attempts_total", {"result": result}) or 0.0


def test_a_message_is_signed_and_names_ids_alone(
    app: Flask, made: Callable[..., str], hook: Hook, there: Receiver, work: Work, semilla: Ngo
) -> None:
    proposal = made(lambda world: world.proposal())
    work()
    path, headers, body = there.got[0]
    told = there.verified(0, hook.secret)
    assert (path, headers["content-type"]) == ("/hook?key=k", "application/json")
    (message,) = hook.messages()
    assert headers["webhook-id"] == str(message.id)
    assert (told["type"], told["data"]["proposal_id"]) == ("proposal.made", proposal)
    assert set(told["data"]) == {"proposal_id", "family_id", "provider_id", "links"}
    assert told["data"]["links"]["proposal"] == f"http://127.0.0.1:8000/api/v1/proposals/{proposal}"
    assert not {"Rosa", "Quispe", "Amancay", "Luz"} & set(body.decode().replace('"', " ").split())
    assert (message.status, [one["result"] for one in message.tries]) == ("delivered", ["204"])


def test_another_secret_or_another_body_does_not_verify(hook: Hook, there: Receiver, work: Work) -> None:
    hook.test()
    work()
    with pytest.raises(WebhookVerificationError):
        there.verified(0, signing.new_secret())
    path, headers, body = there.got[0]
    there.got.append((path, headers, body.replace(b"test", b"best")))
    with pytest.raises(WebhookVerificationError):
        there.verified(1, hook.secret)


def test_the_signature_is_the_one_of_the_standards_example() -> None:
    """The example of the Standard Webhooks specification."""
    at = datetime.fromtimestamp(1614265330, UTC)
    found = signing.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    )
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_after_a_500_it_is_tried_again_once_with_the_same_id_and_body(
    hook: Hook, there: Receiver, work: Work
) -> None:
    before = counted("retried"), counted("delivered")
    there.answer(500, 204)
    hook.tell()
    work()
    assert work() == 0  # not before its time
    assert (hook.messages()[0].status, hook.row().failing_since is not None) == ("waiting", True)
    later(work, 7 * SECONDS)
    assert later(work, timedelta(days=2)) == 0
    assert len(there.got) == 2
    assert len(set(there.ids)) == 1
    assert there.got[0][2] == there.got[1][2]
    assert [there.verified(place, hook.secret)["type"] for place in (0, 1)] == ["family.submitted"] * 2
    (message,) = hook.messages()
    assert [one["result"] for one in message.tries] == ["500", "204"]
    assert (message.status, hook.row().failing_since) == ("delivered", None)
    assert (counted("retried") - before[0], counted("delivered") - before[1]) == (1, 1)


def test_while_the_receiver_makes_up_its_mind_others_write(hook: Hook, there: Receiver, work: Work) -> None:
    there.meanwhile = lambda: hook.change(lambda row: setattr(row, "name", "Otro"))
    hook.test()
    work()
    assert (hook.messages()[0].status, hook.row().name) == ("delivered", "Otro")


def test_a_message_deleted_while_it_is_sent_is_no_trouble(hook: Hook, there: Receiver, work: Work) -> None:
    there.meanwhile = lambda: hook.change(lambda row: webhooks.remove(hook.ngo.actor("ngo_admin"), row))
    hook.tell()
    assert work() == 1
    assert (len(there.got), hook.row()) == (1, None)


def test_a_job_that_comes_twice_is_sent_once(hook: Hook, there: Receiver, work: Work) -> None:
    message = hook.test()
    for _ in range(2):
        with hook.app.app_context(), tenancy.acting_for(hook.ngo.id):
            deliveries.deliver(message)
            db.session.commit()
    work()
    assert len(there.got) == 1


def test_a_worker_that_dies_after_sending_sends_once_more_with_the_same_id(hook: Hook, there: Receiver) -> None:
    message = hook.test()
    for _ in range(2):  # the first ends without a commit
        with hook.app.app_context(), tenancy.acting_for(hook.ngo.id):
            deliveries.deliver(message)
    assert there.ids == [str(message)] * 2


def test_what_is_rolled_back_is_told_to_nobody(
    app: Flask, semilla: Ngo, hook: Hook, there: Receiver, work: Work
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        world = World(semilla)
        family = world.family(status="submitted")
        outbox.happened("family.submitted", family)
        db.session.flush()
        db.session.rollback()
    assert work() == 0
    assert (hook.messages(), there.got) == ([], [])


def test_only_what_was_asked_for_is_told(made: Callable[..., str], hooked: Hooked, there: Receiver, work: Work) -> None:
    hook = hooked(there.address, "proposal.decided")
    made(lambda world: world.offered())
    work()
    assert [json.loads(body)["type"] for _, _, body in there.got] == ["proposal.decided"]
    assert len(hook.messages()) == 1


@pytest.mark.parametrize("state", ["off", "disabled"])
def test_nothing_is_left_for_a_webhook_that_is_off(
    made: Callable[..., str], hook: Hook, work: Work, there: Receiver, state: str
) -> None:
    hook.change(lambda row: setattr(row, "status", state))
    made(lambda world: world.proposal())
    work()
    assert (hook.messages(), there.got) == ([], [])


def test_what_waits_when_it_is_switched_off_is_not_sent(hook: Hook, there: Receiver, work: Work) -> None:
    hook.tell()
    hook.change(lambda row: webhooks.switch_off(hook.ngo.actor("ngo_admin"), row))
    work()
    (message,) = hook.messages()
    assert (there.got, message.status, message.tries[0]["result"]) == ([], "failed", "off")


def test_the_events_of_one_ngo_are_never_told_to_another(
    app: Flask, semilla: Ngo, wasi: Ngo, hooked: Hooked, there: Receiver, work: Work
) -> None:
    ours, theirs = hooked(there.address), hooked(there.address, ngo=wasi)
    with app.app_context(), tenancy.acting_for(wasi.id):
        World(wasi).offered()
    work()
    assert len(there.got) == len(theirs.messages()) > 1
    assert ours.messages() == []
    for place in range(len(there.got)):
        assert there.verified(place, theirs.secret)


def test_after_all_tries_it_is_given_up_and_can_be_sent_by_hand(hook: Hook, there: Receiver, work: Work) -> None:
    there.answer(503)
    hook.tell()
    through_all_tries(work)
    (message,) = hook.messages()
    assert (message.status, message.attempts, len(message.tries)) == ("failed", 7, 7)
    assert (len(there.got), hook.row().status) == (7, "active")  # for a day only: it is still told what comes
    there.answer(204)
    with hook.app.app_context(), tenancy.acting_for(hook.ngo.id):
        webhooks.send_again(hook.ngo.actor("ngo_admin"), db.session.get_one(WebhookDelivery, message.id))
        db.session.commit()
    work()
    assert len(set(there.ids)) == 1
    assert (len(there.ids), hook.messages()[0].status) == (8, "delivered")


def test_a_message_that_waits_untried_is_not_sent_twice(hook: Hook) -> None:
    message = hook.test()
    with hook.app.app_context(), tenancy.acting_for(hook.ngo.id), pytest.raises(ConflictError):
        webhooks.send_again(hook.ngo.actor("ngo_admin"), db.session.get_one(WebhookDelivery, message))


def test_who_fails_for_days_is_switched_off_and_its_administrators_get_one_mail(
    app: Flask, hook: Hook, there: Receiver, work: Work, semilla: Ngo
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        db.session.scalars(
            select(Membership).where(Membership.user_id == semilla.people["supervisor"])
        ).one().roles = ["supervisor", "ngo_admin"]
        db.session.commit()
    there.answer(500)
    for day in (timedelta(0), PATIENCE):
        with clock.at(clock.now() + day):
            hook.tell()
        through_all_tries(work, day)
    assert hook.row().status == "disabled"
    assert later(work, PATIENCE + 2 * ALL_TRIES) == 0
    mails = [BytesParser(policy=policy.default).parsebytes(path.read_bytes())
             for path in app.config["SETTINGS"].mail_folder.iterdir()]
    assert sorted(mail["To"] for mail in mails) == ["ngo_admin@semilla.example", "supervisor@semilla.example"]
    assert all(f"/webhooks/{hook.id}" in mail.get_content() for mail in mails)
    with app.app_context(), tenancy.acting_for(semilla.id):
        noted = select(AuditEvent).where(AuditEvent.subject_id == hook.id, AuditEvent.action == "update")
        (entry,) = db.session.scalars(noted)
        assert (entry.fields, entry.author_name) == (["status"], "sistema")


def test_who_says_it_is_gone_is_told_nothing_more(hook: Hook, there: Receiver, work: Work) -> None:
    there.answer(410)
    hook.tell()
    work()
    assert (hook.row().status, hook.messages()[0].status, len(there.got)) == ("disabled", "failed", 1)


def test_a_test_is_tried_once_even_where_it_is_off_and_harms_nothing(hook: Hook, there: Receiver, work: Work) -> None:
    hook.change(lambda row: setattr(row, "status", "disabled"))
    there.answer(500, 204)
    for _ in range(2):
        hook.test()
        work()
    assert [one.status for one in hook.messages()] == ["failed", "delivered"]
    assert there.verified(0, hook.secret)["data"] == {"links": {}}
    assert (hook.row().status, hook.row().failing_since) == ("disabled", None)


def test_for_a_day_after_a_rotation_both_secrets_verify(hook: Hook, there: Receiver, work: Work) -> None:
    new = hook.change(lambda row: webhooks.rotate(hook.ngo.actor("ngo_admin"), row))
    hook.test()
    work()
    assert new != hook.secret
    assert there.verified(0, hook.secret) == there.verified(0, new)
    with hook.app.app_context(), tenancy.acting_for(hook.ngo.id), clock.at(clock.now() + timedelta(hours=25)):
        assert db.session.get_one(Webhook, hook.id).secrets == [new]
        deliveries.forget()
        db.session.commit()
    assert hook.row().old_secret_sealed is None


def test_who_does_not_answer_is_left_alone_for_a_while_and_its_messages_lose_no_try(
    hooked: Hooked, there: Receiver, work: Work
) -> None:
    hook = hooked("http://127.0.0.1:9/")  # nobody listens there
    for _ in range(3):
        hook.tell()
    work()
    assert sorted(one.attempts for one in hook.messages()) == [0, 0, 1]
    assert {one["result"] for message in hook.messages() for one in message.tries} == {"unreachable"}
    hook.change(lambda row: setattr(row, "address", there.address))
    assert there.got == []
    later(work, 2 * timedelta(minutes=1))
    assert (len(there.got), {one.status for one in hook.messages()}) == (3, {"delivered"})


def test_messages_are_bulk_and_hold_ids_alone(app: Flask, hook: Hook, made: Callable[..., str]) -> None:
    made(lambda world: world.proposal())
    with app.app_context(), tenancy.acting_for(hook.ngo.id):
        (job,) = db.session.scalars(select(Job).where(Job.event == DELIVER))
        assert (job.lane, set(job.ids)) == (BULK, {"delivery"})
        assert UUID(job.ids["delivery"])


def test_a_deleted_webhook_takes_its_messages_along(app: Flask, hook: Hook, there: Receiver, work: Work) -> None:
    hook.test()
    hook.change(lambda row: webhooks.remove(hook.ngo.actor("ngo_admin"), row))
    assert work() == 1
    assert (there.got, hook.messages(), hook.row()) == ([], [], None)


def test_every_move_that_is_told_is_one_and_every_event_comes_about() -> None:
    for (flow, action), event in outbox.OF_MOVE.items():
        assert action in {known for _, known in FLOWS[flow]}, (flow, action)
        assert EVENTS[event][0] == flow, event
    by_hand = {"suggestions.ready", "placement.planned", "followup.due"}
    assert set(outbox.OF_MOVE.values()) | by_hand == set(EVENTS)


def test_every_link_of_a_message_is_an_address_of_programs(app: Flask) -> None:
    bound = app.url_map.bind("")
    for path in signing.LINKS.values():
        assert bound.match(path.format("00000000-0000-4000-8000-000000000000"), "GET")[0].startswith("api-")


def test_a_decision_is_told_in_the_order_of_the_case(
    app: Flask, semilla: Ngo, hook: Hook, there: Receiver, work: Work
) -> None:
    with app.app_context(), tenancy.acting_for(semilla.id):
        world = World(semilla)
        proposal = world.proposal()
        proposals.reject(world.supervisor, proposal, "better_option")
        db.session.commit()
    work()
    assert [json.loads(body)["type"] for _, _, body in there.got] == ["proposal.made", "proposal.decided"]


def test_a_follow_up_is_told_on_its_day_once(
    app: Flask, made: Callable[[Callable[[World], Any]], str], hook: Hook, there: Receiver, work: Work
) -> None:
    placement = made(lambda world: world.active())
    work()
    there.got.clear()
    assert periodic.sweep(app)["tell_due"] == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert [periodic.sweep(app)["tell_due"] for _ in range(2)] == [1, 0]
        work()
    (told,) = [json.loads(body) for _, _, body in there.got]
    assert (told["type"], told["data"]["placement_id"]) == ("followup.due", placement)


def test_a_message_whose_job_was_lost_is_picked_up(app: Flask, hook: Hook, there: Receiver, work: Work) -> None:
    hook.test()
    with app.app_context(), tenancy.acting_for(hook.ngo.id):
        db.session.scalars(select(Job)).one().status = "failed"
        db.session.commit()
    assert periodic.sweep(app)["pick_up"] == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert [periodic.sweep(app)["pick_up"] for _ in range(2)] == [1, 0]
        work()
    assert len(there.got) == 1


def test_messages_are_forgotten_after_a_month(app: Flask, hook: Hook, work: Work) -> None:
    hook.test()
    work()
    with clock.at(clock.now() + timedelta(days=29)):
        assert periodic.forget(app) == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert periodic.forget(app) == 1
    assert hook.messages() == []
