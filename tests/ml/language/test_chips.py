"""What the words of the bank ask about, measured on sentences whose truth is known."""

from __future__ import annotations

from ml import bank
from ml.bank import Concept
from ml.language import chips


def concept(code: str, form: str, *need: str) -> Concept:
    return Concept(code, "train", code, code, need, (), (), form)


def test_what_is_asked_rightly_by_name_and_falsely_is_counted() -> None:
    found = chips.asked([
        concept("feeding_tube", "medical_device", "usa sonda nasogástrica", "usa sonda", "usa oxígeno", "canta"),
        concept("asthma_inhaler", "asthma", "tiene asma", "es alérgica al huevo"),
        concept("songs", "", "le gusta cantar", "canta y tiene asma"),
    ])
    assert found.concepts == 2
    assert found.right[0] == (3 / 4 + 1 / 2) / 2
    assert (found.named, found.misnamed, found.falsely) == (2 / 6, 1 / 6, 1 / 2)


def test_of_needs_never_looked_at_for_words_many_are_asked_about_and_of_the_rest_hardly_any() -> None:
    """How families tell them was written without these words in mind."""
    unseen = chips.asked(bank.of_split(bank.load(), "test"))
    assert unseen.right[0] > 0.35
    assert unseen.misnamed < 0.02
    assert unseen.falsely < 0.03
