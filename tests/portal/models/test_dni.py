"""The DNI's check character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.dni import check_characters, is_doubtful, split

NUMBERS = st.text("0123456789", min_size=8, max_size=8)
ANY = "0123456789ABCDEFGHIJK"


@pytest.mark.parametrize(("typed", "found"), [
    ("12345678", ("12345678", "")), ("12345678-9", ("12345678", "9")), ("123456789", ("12345678", "9")),
    (" 1234 5678 - k ", ("12345678", "K")), ("12345678a", ("12345678", "A")),
])
def test_a_dni_is_read_with_or_without_its_character(typed: str, found: tuple[str, str]) -> None:
    assert split(typed) == found


@pytest.mark.parametrize("typed", ["", "1234567", "1234567890", "12345678-Z", "12345678-", "abcdefgh", "12345678--9"])
def test_what_is_no_dni_is_none(typed: str) -> None:
    assert split(typed) is None
    assert not is_doubtful(typed)


def test_a_known_card() -> None:
    assert check_characters("17801146")[0] == "0"
    assert not is_doubtful("17801146-0")
    assert is_doubtful("17801146-1")


@given(NUMBERS)
def test_both_characters_of_a_number_are_right_and_no_other(number: str) -> None:
    right = set(check_characters(number))
    assert {sign for sign in ANY if not is_doubtful(f"{number}-{sign}")} == right
    assert not is_doubtful(number)


@given(NUMBERS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_always_changes_the_letter(number: str, place: int, more: int) -> None:
    wrong = str((int(number[place]) + more) % 10)
    assert check_characters(f"{number[:place]}{wrong}{number[place + 1:]}")[1] != check_characters(number)[1]


@given(st.text(max_size=14))
def test_whatever_is_typed_is_a_dni_or_none(text: str) -> None:
    found = split(text)
    assert found is None or (len(found[0]) == 8 and found[0].isascii() and found[0].isdigit() and found[1] in ANY)
