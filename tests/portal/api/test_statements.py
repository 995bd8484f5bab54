"""A page of a list asks the database as often for a hundred rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.models import ImportFile
from portal.services.documents import Upload
from portal.services.imports import waiting
from tests.portal.imports.conftest import provider, sheet
from tests.portal.worlds import World, statements
from tests.programs import Program

ROWS: dict[str, Callable[[World], Any]] = {
    "/families": lambda world: world.family(children=2), "/providers": lambda world: world.provider(),
    "/proposals": lambda world: world.proposal(), "/placements": lambda world: world.active(),
    "/imports": lambda world: left(world),
}



def left(world: World) -> ImportFile:
    """A file that waits."""
    file = waiting.leave(world.supervisor, "providers", Upload(sheet(provider())), None)
    db.session.commit()
    return file


@pytest.mark.parametrize("path", ROWS)
def test_a_list_asks_as_often_for_many(app: Flask, program: Program, made: Any, path: str) -> None:
    made(ROWS[path])
    program.get(path)  # the first one notes the use of the token
    one = statements(app, lambda: program.get(path))
    for _ in range(4):
        made(ROWS[path])
    assert statements(app, lambda: program.get(path)) == one
    assert len(program.get(path).json["items"]) == 5
    assert one <= 8
