"""The log of a process, as it is written."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.watching import logs

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything the portal says from `info` on and libraries from `debug` on: more than a process writes."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(stream), root.level
    handler.setFormatter(logs.formatter())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    """The lines so far: each is one JSON object."""
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]
