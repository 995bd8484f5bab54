"""Headers an endpoint reads: what reads one says so here, and the description tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Header = dict[str, Any]
View = Callable[..., Any]


def reads(view: View, header: Header, *statuses: int) -> View:
    """Note that a view reads a header (a parameter, as OpenAPI has it), for which it may answer these statuses."""
    view.reads = {**read_by(view), header["name"]: (header, statuses)}
    return view


def read_by(view: View) -> dict[str, tuple[Header, tuple[int, ...]]]:
    """Name → the header and the statuses it may lead to."""
    return getattr(view, "reads", {})
