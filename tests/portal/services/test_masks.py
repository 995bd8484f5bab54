"""Numbers that tell who somebody is: noticed in a free text, and masked where it is quoted."""

from __future__ import annotations

import pytest

from portal.services import masks


@pytest.mark.parametrize(("text", "quoted"), [
    ("Llámeme al 999 888 777, por favor.", "Llámeme al ••••, por favor."), ("DNI 45678912", "DNI ••••"),
    ("Tiene 3 años y vive en el km 12.", "Tiene 3 años y vive en el km 12."),
])
def test_numbers_of_people_are_masked_where_a_text_is_quoted(text: str, quoted: str) -> None:
    assert masks.without_numbers(text) == quoted
    assert masks.holds_number(text) == ("•" in quoted)
