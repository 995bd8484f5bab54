"""The front door as `docker/nginx.conf` builds it, by a real nginx before two real web processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection, IncompleteRead
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from portal.commands import serving
from portal.commands.processes import Processes
from portal.config import Settings
from portal.views import problems
from tests import ground
from tests.docker import front as door
from tests.docker.documents import DOCKER
from tests.docker.front import HOST, Answer, Front
from tests.ports import free
from tests.waiting import until

PERSON = "supervisor@semilla.example"
HEADERS = ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
           "Referrer-Policy", "Cache-Control")
PEOPLE, VISITS = 4, 60
STATIC = ("/static/css/ayni.css", "/static/admin/bootstrap/bootstrap4/css/bootstrap.min.css")


@dataclass(frozen=True)
class House:
    """The front door and the web processes behind it."""

    front: Front
    processes: Processes
    ports: dict[str, int]

    def start(self, name: str) -> None:
        """A web process, until it answers."""
        self.processes.start(name, serving.web_command("127.0.0.1", self.ports[name]))
        self.processes.wait_until_answers(f"http://127.0.0.1:{self.ports[name]}/health")

    def end(self, name: str) -> None:
        """A web process is told to end, as at an upgrade: it finishes what it began."""
        self.processes.running[name].terminate()
        self.processes.running.pop(name).wait()

    def kill(self, name: str) -> None:
        """A web process and its workers, at once."""
        process = self.processes.running.pop(name, None)
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def visits(self, meanwhile: Callable[[], None]) -> list[int]:
        """The statuses of many visits by four people, while something happens; 0 for an answer that was cut."""
        visitor = self.log_in()

        def visit(number: int) -> int:
            if number == 20:
                meanwhile()
            try:
                return self.front.ask("/families/", visitor).status
            except IncompleteRead:
                return 0

        with ThreadPoolExecutor(PEOPLE) as people:
            return list(people.map(visit, range(VISITS)))

    def log_in(self) -> dict[str, str]:
        """The cookie of a person who has logged in through the front door."""
        page = self.front.ask("/login")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token, page
        form = urlencode({"csrf_token": token[1], "email": PERSON, "password": ground.PASSWORD}).encode()
        headers = {"Cookie": cookie(page), "Content-Type": "application/x-www-form-urlencoded",
                   "Referer": f"https://{HOST}:{self.front.port}/login"}
        answer = self.front.send("POST", "/login", headers, form)
        assert answer.status == 302, answer
        return {"Cookie": cookie(answer)}


def cookie(answer: Answer) -> str:
    return answer.header("Set-Cookie").partition(";")[0]


def said(answer: Answer) -> str:
    """What a page of nginx itself says, in its title, its heading and two paragraphs: of one status, and whole."""
    title = re.search("<title>(.+) · Ayni</title>", answer.text)
    heading = re.search("<h1>(.+)</h1>", answer.text)
    assert title, answer
    assert heading, answer
    assert title[1] == heading[1]
    assert (answer.text.count("<p>"), "<!--" in answer.text) == (2, False)
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    return heading[1]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    door.program()
    instance, folder = tmp_path_factory.mktemp("instance"), tmp_path_factory.mktemp("front")
    built = ground.Ground.build(ground.Files(instance), instance)
    ports = {"web-1": free(), "web-2": free()}
    environment = {
        **os.environ, **built.secrets, "INSTANCE_PATH": str(instance), "APP_ENV": "test", "PROXY_HOPS": "1",
        "TRUSTED_HOSTS": f"{HOST},127.0.0.1", "PUBLIC_BASE_URL": f"https://{HOST}",
    }
    with Processes(environment) as processes:
        house = House(door.start(processes, folder, list(ports.values())), processes, ports)
        for name in ports:
            house.start(name)
        yield house


def test_a_person_logs_in_over_tls(house: House) -> None:
    page = house.front.ask("/families/", house.log_in())
    assert (page.status, "Familias" in page.text) == (200, True)
    given = house.front.ask("/login").header("Set-Cookie")
    assert re.fullmatch(r"__Host-ayni=\S+; Secure; HttpOnly; Path=/; SameSite=Lax", given)


def test_a_form_from_another_site_is_refused(house: House) -> None:
    """Only behind TLS that the proxy tells of does the portal look where a form comes from."""
    page = house.front.ask("/login")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    headers = {"Cookie": cookie(page), "Content-Type": "application/x-www-form-urlencoded", "Referer": "https://evil.example/"}
    form = urlencode({"csrf_token": token[1] if token else "", "email": PERSON, "password": ground.PASSWORD})
    assert house.front.send("POST", "/login", headers, form.encode()).status == 400


def test_http_2_is_spoken(house: House) -> None:
    raw = socket.create_connection((HOST, house.front.port), 10)
    with house.front.tls("h2", "http/1.1").wrap_socket(raw, server_hostname=HOST) as tls:
        assert tls.selected_alpn_protocol() == "h2"
        assert tls.version() == "TLSv1.3"
        tls.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))  # preface, empty settings
        assert tls.recv(9)[3] == 4  # the other side's settings


def test_what_is_not_encrypted_is_sent_to_what_is(house: House) -> None:
    connection = HTTPConnection("127.0.0.1", house.front.plain, timeout=10)
    connection.request("GET", "/families/?q=rosa", headers={"Host": "ayni.example"})
    answer = door.read(connection.getresponse())
    assert (answer.status, answer.header("Location")) == (301, "https://ayni.example/families/?q=rosa")
    connection.request("GET", "/alive")
    assert connection.getresponse().status == 204
    connection.close()


@pytest.mark.parametrize("path", ["/login", "/families/", "/no-such-page", *STATIC])
def test_no_header_is_doubled_and_none_is_lost(house: House, path: str) -> None:
    answer = house.front.ask(path)
    assert all(answer.header(name) for name in HEADERS)
    assert answer.header("Server") == "nginx"
    assert answer.header("Date")


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(house: House) -> None:
    connection = HTTPSConnection(HOST, house.front.port, timeout=10, context=house.front.tls())
    connection.putrequest("POST", "/login")
    connection.putheader("Content-Length", str(Settings.request_bytes + 1))
    connection.endheaders()
    answer = door.read(connection.getresponse())
    connection.close()
    assert (answer.status, said(answer)) == (413, "El archivo es muy grande")


def test_the_limit_is_the_portals_own() -> None:
    limit = re.search(r"client_max_body_size (\d+)m;", (DOCKER / "nginx.conf").read_text(encoding="utf-8"))
    assert limit
    assert int(limit[1]) * 1024 * 1024 == Settings.request_bytes


def problem(answer: Answer) -> dict[str, object]:
    """A problem as RFC 9457 has it, with all that the portal's own have."""
    assert answer.header("Content-Type").startswith("application/problem+json")
    found = json.loads(answer.text)
    assert set(found) == {"type", "title", "status", "detail", "reference", "errors", "reasons"}
    assert found["status"] == answer.status
    return found


def test_a_program_is_told_in_its_own_form_that_a_body_is_too_large(house: House) -> None:
    connection = HTTPSConnection(HOST, house.front.port, timeout=10, context=house.front.tls())
    connection.putrequest("POST", "/api/v1/families")
    connection.putheader("Content-Length", str(Settings.request_bytes + 1))
    connection.endheaders()
    answer = door.read(connection.getresponse())
    connection.close()
    assert (answer.status, problem(answer)["type"]) == (413, "urn:ayni:problem:too-large")
    assert answer.header("Cache-Control") == "no-store"


def test_the_portals_own_problems_pass_as_they_are(house: House) -> None:
    through = house.front.ask("/api/v1/me")
    assert (through.status, problem(through)["type"]) == (401, "urn:ayni:problem:not-known")
    assert through.header("WWW-Authenticate")
    lines = house.front.lines("request_id", [str(problem(through)["reference"])])
    assert lines  # it was written inside, with the number of this request


def test_nginx_and_the_portal_name_the_same_problems(app: Flask) -> None:
    text = (DOCKER / "pages" / "problem.json").read_text(encoding="utf-8")
    with app.test_request_context():
        for status in (413, 429, 503):
            name, title, todo = problems.KINDS[status]
            for part in (f"urn:ayni:problem:{name}", str(title), str(todo)):
                assert f'"{part}"' in text, status


@pytest.mark.parametrize("path", STATIC)
def test_files_of_the_pages_are_kept_and_compressed(house: House, path: str) -> None:
    first, second = house.front.ask(path), house.front.ask(path, {"Accept-Encoding": "gzip"})
    assert (first.status, second.header("X-Cache")) == (200, "HIT")
    assert first.header("Cache-Control") == "public, max-age=300"
    assert second.header("Content-Encoding") == "gzip"
    again = house.front.ask(path, {"If-None-Match": first.header("ETag")})
    assert again.status == 304


def test_pages_are_never_compressed_nor_kept(house: House) -> None:
    """They hold the form's token: compressed beside what a visitor typed, it could be guessed."""
    for _ in range(2):
        page = house.front.ask("/login?next=/families/", {"Accept-Encoding": "gzip"})
        assert page.header("Cache-Control") == "no-store"
        assert page.header("Content-Encoding") == page.header("X-Cache") == ""


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_is_for_machines_is_not_shown(house: House, path: str) -> None:
    assert house.front.ask(path).status == 404
    asked = [line["upstream"] for line in house.front.lines("path", [path]) if line["path"] == path]
    assert set(asked) == {""}  # nobody inside was


def test_the_log_holds_no_query_and_no_referrer(house: House) -> None:
    house.front.ask("/search/?q=canario-de-prueba", {"Referer": "https://localhost/reset/canario-de-prueba"})
    lines = house.front.lines("path", ["/search/"])
    assert "canario" not in json.dumps(lines)


SECRET = "canario-de-prueba"
CUT = [("/reset/", "/reset/-"), ("/account/invitation/aaaa/", "/account/invitation/-"), ("/%72eset/%0A", "/reset/-")]


@pytest.mark.parametrize(("path", "shown"), CUT, ids=["reset", "invitation", "written otherwise"])
def test_the_log_holds_no_link_that_lets_somebody_in(house: House, path: str, shown: str) -> None:
    house.front.ask(f"{path}{SECRET}?next=/")
    assert SECRET not in json.dumps(house.front.lines("path", [shown]))


def test_every_address_with_a_token_is_cut(app: Flask) -> None:
    """By the portal's own table of addresses, and the expressions of the file."""
    text = (DOCKER / "nginx.conf").read_text(encoding="utf-8")
    (block,) = re.findall(r"map \$uri \$shown \{(.*?)\}", text, re.DOTALL)
    cuts = [re.compile(one) for one in re.findall(r"~(\S+) ", block)]
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    secret = {rule for rule in rules if re.search(r"<(\w+:)?\w*(token|secret|key|code)>", rule)}
    assert {"/reset/<token>", "/account/invitation/<tenant_id>/<token>"} <= secret
    assert {rule for rule in secret if not any(cut.search(rule) for cut in cuts)} == set()
    shown = {rule for rule in rules if any(cut.search(rule) for cut in cuts)}
    assert shown == secret  # of every other page the log says which it was


def test_a_forged_host_is_refused_by_the_portal(house: House) -> None:
    assert house.front.ask("/login", {"Host": "evil.example"}).status == 400


def test_while_one_web_process_ends_no_request_fails(house: House) -> None:
    assert house.visits(lambda: house.end("web-1")) == [200] * VISITS
    house.log_in()  # forms go to the one that is left
    house.start("web-1")


def test_while_one_web_process_is_killed_only_what_it_was_saying_is_cut(house: House) -> None:
    """Whose answer had begun sees it end early; whoever was not answered yet is answered by the other."""
    statuses = house.visits(lambda: house.kill("web-1"))
    assert set(statuses) <= {200, 0}
    assert statuses.count(0) < PEOPLE
    assert house.visits(lambda: None) == [200] * VISITS
    house.start("web-1")


def test_while_nobody_answers_a_calm_page_does(house: House) -> None:
    assert house.front.ask(STATIC[0]).status == 200
    for name in ("web-1", "web-2"):
        house.kill(name)
    page = house.front.ask("/families/")
    assert (page.status, said(page)) == (502, "El sistema vuelve en un momento")
    assert all(page.header(name) for name in HEADERS)
    assert page.header("Cache-Control") == "no-store"
    assert int(page.header("Retry-After")) > 0
    answer = house.front.ask("/api/v1/me")
    assert (answer.status, problem(answer)["type"]) == (502, "urn:ayni:problem:unavailable")
    assert int(answer.header("Retry-After")) > 0
    house.front.ask(f"/reset/{SECRET}", {"Referer": f"https://{HOST}/search/?q={SECRET}"})
    house.front.lines("path", ["/_pages/page.html"])
    assert SECRET not in house.front.errors()
    assert house.front.ask(STATIC[0]).status == 200  # kept, and given though nobody can be asked


ECHO = """
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Echo(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
"""


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Front]:
    """The front door before something that tells what reached it."""
    door.program()
    ports = [free(), free()]
    with Processes(dict(os.environ)) as processes:
        for port in ports:
            processes.start(f"echo {port}", [sys.executable, "-c", ECHO, str(port)])
            until(lambda port=port: door.listens(port))
        yield door.start(processes, tmp_path, ports)


def test_what_reaches_the_portal_is_the_proxys_word(echo: Front) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Request-ID": "mine"}
    first, second = (json.loads(echo.ask("/", forged).text) for _ in range(2))
    assert (first["x-forwarded-for"], first["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert first["host"] == f"{HOST}:{echo.port}"
    numbers = {one["x-request-id"] for one in (first, second)}
    assert len(numbers) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", number) for number in numbers)
    assert echo.lines("request_id", numbers)


def test_a_flood_from_one_address_is_slowed_and_logins_sooner(echo: Front) -> None:
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: echo.ask("/login"), range(60)))
        files = list(many.map(lambda _: echo.ask("/static/a.css").status, range(60)))
    assert {answer.status for answer in answers} == {200, 429}
    assert {said(answer) for answer in answers if answer.status == 429} == {"Demasiados pedidos seguidos"}
    assert files == [200] * 60
    with ThreadPoolExecutor(8) as many:
        calls = list(many.map(lambda _: echo.ask("/api/v1/me"), range(240)))
    refused = [answer for answer in calls if answer.status == 429]
    assert {problem(answer)["type"] for answer in refused} <= {"urn:ayni:problem:too-many"}
