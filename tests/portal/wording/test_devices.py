"""What a device calls itself, in words people know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.wording import device
from portal.wording.devices import BROWSERS, SYSTEMS
from tests.portal.wording.conftest import In

MOZILLA = "Mozilla/5.0 "


@pytest.mark.parametrize(("agent", "said"), [
    (MOZILLA + "(X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome · Linux"),
    (MOZILLA + "(Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
    (MOZILLA + "(iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iPhone"),
    (MOZILLA + "(Linux; Android 14; SM-A145M) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Safari/537.36",
     "Samsung Internet · Android"),
    (MOZILLA + "(Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · macOS"),
    ("curl/8.5.0", "Dispositivo sin nombre"), ("", "Dispositivo sin nombre"),
])
def test_browser_and_system(reading: In, agent: str, said: str) -> None:
    with reading("es"):
        assert device(agent) == said


@given(st.text(max_size=60))
def test_whatever_a_device_says_it_has_a_name(agent: str) -> None:
    names = {name for _, name in (*BROWSERS, *SYSTEMS)}
    assert set(device(f"{agent} Chrome").split(" · ")) <= names
