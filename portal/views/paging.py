"""Pages of a list: which one is asked for, and the links to those near it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request

FARTHEST = 10_000
NEAR = 2  # pages before and after this one that have a link; the first and the last always have

Link = tuple[str, str, bool]  # words, address, is it this page


def asked() -> int:
    """The page of this request, from 0; what is no number is the first."""
    return min(max(request.args.get("page", 0, int), 0), FARTHEST)


def links(number: int, count: int, size: int, path: str = "", **fixed: str) -> list[Link]:
    """The pages near this one, narrowed as this request is; `fixed` says what it left to the screen to choose.

    `path` is the screen's own, where this request is for a part of it only.
    """
    last = max(count - 1, 0) // size
    near = sorted({0, last, *range(max(number - NEAR, 0), min(number + NEAR, last) + 1)})
    kept = {name: value for name, value in request.args.items() if value and name != "page"} | fixed
    return [(str(one + 1), f"{path or request.path}?{urlencode({**kept, 'page': one})}", one == number) for one in near]
