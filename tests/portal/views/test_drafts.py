"""What somebody types in words is kept on their device: every such form names its draft, by its row and its move."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from portal import clock
from portal.extensions import db
from portal.models import ChecklistItem, Suggestion
from portal.services import followups, placements, proposals, vetting
from portal.services.placements import Ending
from portal.workflow import Said

WORDS = "La abuela dijo que no vuelve."


class Forms(HTMLParser):
    """The forms of a page: (draft, has words) each. A note is words, whatever the field."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append((given.get("data-draft") or "", False))
        elif self.found and (tag == "textarea" or given.get("name") == "note"):
            self.found[-1] = (self.found[-1][0], True)


def submitted(world):
    return world.family(status="submitted")


def returned(world):
    made = world.proposal()
    proposals.give_back(world.supervisor, made, "¿La visitaron?")
    db.session.commit()
    return made


def ending(world):
    placement = world.active()
    placements.end(world.worker, placement, Ending(clock.today(), "safety", "Una caída."))
    db.session.commit()
    return placement


def vetted(world):
    """In the midst of vetting: one line came in, another is a visit."""
    for code, kind in (("cul", "document"), ("visit", "visit")):
        db.session.add(ChecklistItem(code=code, title=code, kind=kind))
    provider = world.provider(status="applied")
    vetting.move(world.worker, provider, "start_vetting", Said())
    db.session.flush()
    for item in provider.items:
        item.state = "received"
    db.session.commit()
    return provider


def followup(world):
    return followups.scheduled(world.active())[0]


PAGES = [
    ("supervisor", "/families/{}", submitted, {"move-ask", "move-refuse", "move-close"}),
    ("supervisor", "/families/{}", lambda world: world.family(), {"move-pause", "move-close"}),
    ("supervisor", "/proposals/{}", lambda world: world.proposal(), {"move-return", "move-reject", "move-withdraw"}),
    ("caseworker", "/proposals/{}", returned, {"move-propose_again", "move-withdraw"}),
    ("caseworker", "/proposals/{}", lambda world: world.offered(), {"proposal-answer", "move-withdraw"}),
    ("supervisor", "/placements/{}", lambda world: world.planned(), {"move-cancel"}),
    ("supervisor", "/placements/{}", ending, {"move-confirm_end", "move-overrule_end"}),
    ("supervisor", "/providers/{}", vetted, {"receive", "verify", "reject", "move-reject", "move-close"}),
    ("supervisor", "/providers/{}", lambda world: world.provider(), {"move-suspend", "leave"}),
    ("caseworker", "/followups/{}", followup, {"followup", "not-reached"}),
]


@pytest.mark.parametrize(("role", "url", "build", "expected"), PAGES)
def test_every_form_with_words_names_its_draft(log_in, made, role, url, build, expected):
    found = Forms(log_in(role).get(url.format(made(build))).text).found
    worded = [draft for draft, has_words in found if has_words]
    assert all(worded), found
    assert len(worded) == len(set(worded))
    drafts = {draft for draft, _ in found if draft}
    assert {one for one in expected if any(draft.startswith(f"{one}-") for draft in drafts)} == expected


def suggested(world):
    return world.suggestion(world.family(), world.provider())


def test_those_of_suggestions_do_too(log_in, made, kept):
    family = kept(Suggestion, made(suggested)).family_id
    found = Forms(log_in("caseworker").get(f"/suggestions/{family}").text).found
    assert [draft.split("-")[0] for draft, has_words in found if has_words] == ["propose", "dismiss"]


def test_a_dismissal_that_is_refused_keeps_its_note_and_no_other_form_takes_it(log_in, made, kept):
    row = kept(Suggestion, made(suggested))
    page = f"/suggestions/{row.family_id}"
    answer = log_in("caseworker").post(f"{page}/{row.id}/dismiss", page, reason="", note=WORDS)
    assert answer.status_code == 422
    assert answer.text.count(WORDS) == 1
    assert WORDS in answer.text[answer.text.index(f'data-draft="dismiss-{row.id}"'):]


def test_a_dismissal_that_is_done_says_so_and_the_draft_is_let_go(log_in, made, kept):
    row = kept(Suggestion, made(suggested))
    page, person = f"/suggestions/{row.family_id}", log_in("caseworker")
    assert person.post(f"{page}/{row.id}/dismiss", page, reason="family_trust", note=WORDS).status_code == 302
    assert "flash-success" in person.get(page).text


def test_a_leave_that_is_refused_keeps_its_note(log_in, made):
    page = f"/providers/{made(lambda world: world.provider())}"
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    for until in ("", yesterday):
        answer = log_in("caseworker").post(
            f"/vetting{page.removeprefix('/providers')}/leave", page, until=until, note=WORDS
        )
        assert answer.status_code == 422
        assert WORDS in answer.text


def test_a_call_that_moved_on_keeps_what_was_tried(log_in, made):
    page = f"/followups/{made(followup)}"
    answer = log_in("caseworker").post(f"{page}/not-reached", page, note=WORDS, version="0")
    assert answer.status_code == 409
    assert answer.text.count(WORDS) == 1


def seals(page):
    return set(re.findall(r'data-seal="([^"]*)"', page.text))


def test_the_key_of_drafts_is_one_persons_and_stands_on_pages_with_such_forms_alone(log_in):
    worker, other = log_in("caseworker"), log_in("supervisor")
    (key,) = seals(worker.get("/families/new"))
    assert len(base64.b64decode(key)) == 32
    assert seals(worker.get("/families/new")) == {key} != seals(other.get("/families/new"))
    assert seals(worker.get("/families/")) == set()


def test_drafts_belong_to_a_person_in_an_ngo(log_in, semilla):
    for role in ("caseworker", "supervisor"):
        assert f'data-owner="{semilla.people[role]}-{semilla.id}"' in log_in(role).get("/").text
