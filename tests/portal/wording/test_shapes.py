"""What the shapes of the interface for programs refuse is said in the reader's language, not in their library's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError, fields

from portal import wording
from portal.api.shapes.base import Shape
from tests.portal.wording.conftest import In

WRONG: tuple[Any, ...] = ("", "\n", "x" * 20_000, [0] * 1000, -1000, 100_000)


def _shapes(kind: type[Schema]) -> Iterator[type[Schema]]:
    for one in kind.__subclasses__():
        yield one
        yield from _shapes(one)


def _said(field: fields.Field) -> set[str]:
    """What reading a field may find wrong, in the words of the library."""
    of_instants = {"format", "invalid_awareness"}  # a day inherits them and never says them
    found = {text for name, text in field.error_messages.items() if name not in of_instants}
    for check in field.validators:
        for wrong in WRONG:
            try:
                check(wrong)
            except ValidationError as error:
                found |= set(error.messages)
            except TypeError:  # not of this kind
                continue
    inner = getattr(field, "inner", None)
    return found | (_said(inner) if inner is not None else set())


def test_whatever_a_shape_refuses_is_worded_in_both_languages(reading: In) -> None:
    found: set[str] = set().union(*(
        _said(field) for shape in _shapes(Shape) for field in shape._declared_fields.values()
    ))
    assert len(found) > 20
    said = []
    for language in ("es", "en"):
        with reading(language):
            said.append({text: wording.message(text) for text in found})
    assert {text for text in found if text in {said[0][text], said[1][text]}} == set()
    assert {text for text in found if said[0][text] == said[1][text]} == set()
