"""Names as they are searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.places import fold

SPANISH = st.text(alphabet="abcdefghijklmnñopqrstuvwxyzáéíóúüABCÑÁÉÍÓÚÜ' -", max_size=40)


@pytest.mark.parametrize(("name", "searched"), [
    ("  Ñusta  Mamani ", "nusta mamani"), ("MARÍA JOSÉ", "maria jose"), ("O'Higgins", "o'higgins"),
    ("Wayra-Sonqo", "wayra-sonqo"), ("", ""), ("María", "maria"), ("ﬁdel", "fidel"), ("\tAna\n", "ana"),
])
def test_names_are_searched_without_case_and_accents(name: str, searched: str) -> None:
    assert fold(name) == searched


@given(SPANISH)
def test_case_accents_and_spaces_never_matter(name: str) -> None:
    assert fold(name) == fold(name.upper()) == fold(name.lower()) == fold(f" {name}  ") == fold(fold(name))


@given(SPANISH, SPANISH)
def test_words_stay_words(one: str, other: str) -> None:
    assert fold(f"{one} {other}").split() == fold(one).split() + fold(other).split()


@given(st.text(max_size=30))
def test_any_text_folds_to_single_spaces(text: str) -> None:
    assert "  " not in fold(text)
    assert fold(text) == fold(text).strip()
