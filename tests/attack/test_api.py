"""A program with a token of one NGO, at every address below /api/v1, with every identifier of the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal import clock, tenancy
from portal.extensions import db
from portal.models import ApiToken, Family
from portal.models.api_token import SCOPES
from portal.policy import Permission
from portal.services import tokens
from portal.services.throttle import FREE
from portal.views.access import PROGRAMS, permission_of, scope_of
from tests.attack import canary
from tests.attack.canary import CANARY
from tests.ground import OPERATOR, ROLES, Ngo
from tests.portal.worlds import Browser
from tests.programs import V1, Program, token

Victim = dict[str, list[UUID]]
REVEAL = {"field": "dni", "reason": "porque quiero"}
BODIES: dict[str, Any] = {  # what is sent, so that a refusal is about the row and not about the body
    "api-families.reveal": REVEAL, "api-providers.reveal": REVEAL, "api-families.change": {"care": {
        "max_monthly_fee_pen": 1, "max_distance_km": 1, "siblings": "together", "language": "es", "priority": "0",
    }},
    "api-suggestions.move": {"action": "shortlist"}, "api-proposals.decide": {"decision": "approve"},
    "api-intakes.add_child": {"given_names": "Luz", "birth_date": "2024-05-20"},
    "api-intakes.change_child": {"sex": "f"},
    "api-intakes.consent": {
        "answers": {"services": True}, "given_by": "Rosa", "given_on": "2026-01-01", "channel": "signature",
    },
    "api-intakes.say_of_alike": {"family_id": "00000000-0000-4000-8000-000000000000", "same": False},
    "api-imports.commit": {"seen": "1-0-0-0-0"},
}
OF_ROWS = ("family", "provider", "suggestion", "proposal", "placement", "child", "import_file")


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if scope_of(app, rule.endpoint) is not None]


def asked(app: Flask, one: Any) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, address below /api/v1) of everything, an id in its place."""
    for rule in rules(app):
        with app.test_request_context():
            built = rule.build(dict.fromkeys(rule.arguments, one), append_unknown=False)
        assert built is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, built[1].removeprefix(V1)


def ask(program: Program, endpoint: str, method: str, path: str, **headers: str) -> Any:
    body = {} if method == "GET" else {"json": BODIES.get(endpoint, {})}
    return program.ask(method, path, {"If-Match": "*", **headers}, **body)


def test_every_address_of_programs_names_its_scope_and_its_permission(app: Flask) -> None:
    below = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PROGRAMS)]
    assert {rule.endpoint for rule in below} - {rule.endpoint for rule in rules(app)} == {"api-docs.openapi_json"}
    assert len(rules(app)) > 15
    for rule in rules(app):
        assert scope_of(app, rule.endpoint) in {"", *SCOPES}
        assert isinstance(permission_of(app, rule.endpoint), Permission)


@pytest.mark.parametrize("role", ROLES)
def test_a_foreign_id_is_answered_like_a_missing_one(app: Flask, semilla: Ngo, victim: Victim, role: str) -> None:
    """The client itself looks for the canaries, and that nothing of the other NGO changes."""
    seen = 0
    for theirs in (victim[table][0] for table in OF_ROWS):
        program = Program.of(app, semilla, role)  # a token of its own: one alone may not ask so much in a minute
        for (endpoint, method, path), (_, _, missing) in zip(
            asked(app, theirs), asked(app, uuid4()), strict=True
        ):
            if path != missing:
                answers = [ask(program, endpoint, method, one) for one in (path, missing)]
                assert [one.status_code for one in answers] in ([403, 403], [404, 404]), (endpoint, role)
                assert _same(*answers), endpoint
                seen += answers[0].status_code == 404
    assert seen > 0


def _same(one: Any, other: Any) -> bool:
    return {**one.json, "reference": ""} == {**other.json, "reference": ""}


@pytest.mark.parametrize("role", ROLES)
def test_no_list_filter_or_cursor_tells_of_the_other_ngo(
    app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim, role: str
) -> None:
    program, theirs = Program.of(app, semilla, role), wasi.people["caseworker"]
    for path in ("/families", "/providers", "/proposals", "/placements", "/imports", "/me"):
        for query in ("", "?limit=100", "?status=waiting", f"?family_id={victim['family'][0]}", "?cursor=WzBd",
                      f"?proposer_id={theirs}"):
            answer = program.get(f"{path}{query}")
            assert answer.status_code in {200, 403, 422}, (path, query)
            assert not (answer.json or {}).get("items"), (path, query)


def test_a_family_of_the_other_ngo_is_a_duplicate_of_none(app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim) -> None:
    with app.app_context(), tenancy.acting_for(wasi.id):
        theirs = db.session.get_one(Family, victim["family"][0])
        theirs.main_caregiver.phone = "987654321"
        child = {"given_names": theirs.children[0].given_names, "birth_date": str(theirs.children[0].birth_date)}
        db.session.commit()
    program = Program.of(app, semilla)
    app.test_client_class = None  # the name of the child is sent, and comes back
    body = {"given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother", "phone_owner": "own"}
    sent = {"caregiver": {**body, "phone": "987654321"}, "ubigeo": "150132", "children": [child]}
    own = program.post("/families", sent)
    assert own.status_code == 201
    assert program.get(f"/families/{own.json['id']}/duplicates").json == {"items": []}


def test_an_id_in_a_body_is_looked_for_in_ones_own_ngo(app: Flask, semilla: Ngo, victim: Victim) -> None:
    program = Program.of(app, semilla)
    body = {"starts_on": (clock.today() + timedelta(days=1)).isoformat()}
    told = [
        program.post("/proposals", {**body, "suggestion_id": str(one)}).status_code
        for one in (victim["suggestion"][0], uuid4())
    ]
    assert told == [404, 404]


def test_a_child_of_the_other_ngo_is_in_no_case_of_ones_own(app: Flask, semilla: Ngo, victim: Victim) -> None:
    program = Program.of(app, semilla)
    body = {"given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother", "phone_owner": "own"}
    own = program.post("/families", {"caregiver": body, "ubigeo": "150132"}).json["id"]
    for one in (victim["child"][0], uuid4()):
        path = f"/families/{own}/children/{one}"
        assert program.get(path).status_code == 404
        assert program.patch(path, {"sex": "f"}, If_Match="*").status_code == 404


def test_a_tag_of_the_other_ngo_is_told_nothing(app: Flask, semilla: Ngo, victim: Victim) -> None:
    program = Program.of(app, semilla)
    for endpoint, method, path in asked(app, victim["family"][0]):
        if method == "GET" and path.count("-") >= 4:
            answer = ask(program, endpoint, method, path, **{"If-None-Match": "*"})
            assert answer.status_code == 404, endpoint


def test_no_worker_of_the_other_ngo_answers_for_a_file(app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim) -> None:
    program = Program.of(app, semilla)
    for worker in (wasi.people["caseworker"], uuid4()):
        sent = program.post("/imports", {"kind": "families", "content": "x", "worker": str(worker)})
        assert (sent.status_code, sent.json["errors"][0]["pointer"]) == (422, "/worker")


def test_what_is_sent_beside_the_body_names_no_other_ngo(app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim) -> None:
    program = Program.of(app, semilla)
    for beside in ({"tenant_id": str(wasi.id)}, {"id": str(victim["family"][0])}, {"version": 9}):
        assert program.post("/families", beside).status_code == 422


def bad_tokens(app: Flask, semilla: Ngo, wasi: Ngo) -> dict[str, str]:
    """Texts that open nothing."""
    _, good = token(app, semilla, "supervisor")
    secret = good.rpartition("_")[2] if good.count("_") == 2 else good.split("_", 2)[2]
    return {
        "nothing": "", "noise": "x", "no secret": f"ayni_{semilla.id.hex}_", "no ngo": f"ayni__{secret}",
        "other secret": f"ayni_{semilla.id.hex}_{'x' * 43}", "cut": good[:-1], "longer": good + "x",
        "other ngo": f"ayni_{wasi.id.hex}_{secret}", "unknown ngo": f"ayni_{uuid4().hex}_{secret}",
        "hash": tokens.hashed(good), "upper": good.upper(),
    }


def test_a_token_that_opens_nothing_is_401_everywhere(app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim) -> None:
    for name, text in bad_tokens(app, semilla, wasi).items():
        answer = Program(app, text).get("/families")
        assert answer.status_code in {401, 429}, name
        assert CANARY not in answer.text


@pytest.mark.parametrize("state", ["revoked", "expired"])
def test_a_token_that_is_over_opens_nothing(app: Flask, semilla: Ngo, state: str) -> None:
    made, text = token(app, semilla, "supervisor")
    with app.app_context(), tenancy.acting_for(semilla.id):
        row = db.session.get_one(ApiToken, made)
        setattr(row, f"{state}_at" if state == "revoked" else "expires_at", clock.now())
        db.session.commit()
    for endpoint, method, path in asked(app, uuid4()):
        assert ask(Program(app, text), endpoint, method, path).status_code in {401, 429}, endpoint


def test_without_the_scope_nothing_is_shown_or_done(app: Flask, semilla: Ngo, victim: Victim) -> None:
    for endpoint, method, path in asked(app, uuid4()):
        scope = scope_of(app, endpoint)
        if scope:
            others = tuple(one for one in SCOPES if one != scope)
            program = Program.of(app, semilla, "supervisor", others)
            assert ask(program, endpoint, method, path).status_code == 403, endpoint


def test_a_cookie_opens_nothing_here(app: Flask, semilla: Ngo, victim: Victim) -> None:
    person = Browser(app, "supervisor@semilla.example")
    for endpoint, method, path in asked(app, uuid4()):
        answer = person.client.open(f"{V1}{path}", method=method, json={} if method != "GET" else None)
        assert answer.status_code == 401, endpoint
        assert "Set-Cookie" not in answer.headers


def test_a_token_opens_no_page(app: Flask, semilla: Ngo, victim: Victim) -> None:
    program = Program.of(app, semilla)
    for page in ("/", "/families/", "/tokens/", "/account/", "/api/"):
        answer = app.test_client().get(page, headers={"Authorization": f"Bearer {program.text}"})
        assert answer.status_code == 302, page
    sent = app.test_client().post("/tokens/make", headers={"Authorization": f"Bearer {program.text}"})
    assert sent.status_code in {302, 400}


def test_an_operator_inside_an_ngo_makes_no_token(app: Flask, wasi: Ngo) -> None:
    operator = Browser(app, OPERATOR)
    page = "/tenants/"
    operator.post(f"/tenants/{wasi.id}/enter", page, reason="Revisar un problema", minutes="15")
    assert operator.get("/tokens/").status_code == 403
    assert operator.post("/tokens/make", page, name="x", scopes="read:families", days="30").status_code == 403


def test_whoever_guesses_waits_and_who_has_a_token_does_not(app: Flask, semilla: Ngo) -> None:
    good, bad = Program.of(app, semilla), Program(app, f"ayni_{semilla.id.hex}_guess")
    told = [bad.get("/me") for _ in range(FREE + 1)]
    assert [one.status_code for one in told] == [401] * FREE + [429]
    assert int(told[-1].headers["Retry-After"]) > 0
    assert good.get("/me").status_code == 200


def test_a_kept_answer_is_of_the_ngo_and_of_the_token(app: Flask, semilla: Ngo, wasi: Ngo, victim: Victim) -> None:
    body = {
        "caregiver": {"given_names": "Rosa", "paternal_surname": "Quispe", "relation": "mother", "phone_owner": "own"},
        "ubigeo": "150132",
    }
    ours = Program.of(app, semilla).post("/families", body, Idempotency_Key="same")
    before = canary.seen_by(app, semilla)
    app.test_client_class = None  # what they make is theirs to see
    theirs = Program.of(app, wasi).post("/families", body, Idempotency_Key="same")
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json["id"] != theirs.json["id"]
    assert canary.seen_by(app, semilla) == before


def test_its_own_programs_see_what_the_others_must_not(app: Flask, wasi: Ngo, victim: Victim) -> None:
    app.test_client_class = None
    program = Program.of(app, wasi)
    assert CANARY in program.get("/providers").text
    assert program.get(f"/families/{victim['family'][0]}").status_code == 200
    assert program.get(f"/families/{victim['family'][0]}/suggestions").json["items"]
