"""Lists in pages: the links keep what the list is narrowed by, and no address breaks them."""

from __future__ import annotations

import re

import pytest

from portal.views import paging

LISTS = ("/families/", "/providers/", "/placements/", "/followups/?who=all", "/team/")


@pytest.mark.parametrize(("number", "count", "words"), [
    (0, 0, ["1"]), (0, 25, ["1"]), (0, 26, ["1", "2"]), (5, 500, ["1", "4", "5", "6", "7", "8", "20"]),
    (19, 500, ["1", "18", "19", "20"]),
])
def test_the_first_the_last_and_those_near_have_a_link(app, number, count, words):
    with app.test_request_context("/families/?status=waiting&page=3"):
        links = paging.links(number, count, 25)
    assert [one[0] for one in links] == words
    assert [one[0] for one in links if one[2]] == [str(number + 1)]
    assert all("status=waiting" in address for _, address, _ in links)


@pytest.mark.parametrize("asked", ["-1", "x", "", "99999999999", "1.5", "%00"])
@pytest.mark.parametrize("url", LISTS)
def test_whatever_page_is_asked_for_the_list_answers(log_in, url, asked):
    page = log_in("supervisor").get(f"{url}{'&' if '?' in url else '?'}page={asked}")
    assert page.status_code == 200


@pytest.mark.parametrize("argument", ["_scheme=javascript", "_external=1", "endpoint=x", "_anchor=y", "_method=z"])
@pytest.mark.parametrize("url", LISTS)
def test_an_argument_nobody_asked_for_breaks_no_link(log_in, url, argument):
    page = log_in("supervisor").get(f"{url}{'&' if '?' in url else '?'}{argument}")
    assert page.status_code == 200
    assert "javascript:" not in page.text


def test_every_case_is_on_one_page_and_on_one_only(log_in, made):
    def many(world):
        return [world.family(status="submitted", priority=n % 3) for n in range(60)][0]

    made(many)
    person = log_in("supervisor")
    pages = [person.get(f"/families/?status=submitted&page={n}").text for n in range(3)]
    found = [re.findall(r'href="/families/([0-9a-f-]{36})"', page) for page in pages]
    assert [len(one) for one in found] == [25, 25, 10]
    assert len({one for page in found for one in page}) == 60
