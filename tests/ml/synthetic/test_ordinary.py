"""Ordinary sentences tell no need, answer none and refuse none."""

from __future__ import annotations

import made_up

from ml import bank, naming, synth
from ml.text import fold


def test_ordinary_sentences_are_nobodys_of_the_bank_and_differ_between_grammars() -> None:
    of_bank = {fold(one) for concept in bank.load() for one in (*concept.need, *concept.answers, *concept.refuses)}
    found = {name: synth.quiet(synth.Settings(60, 60, seed=7, grammar=name), made_up.districts())
             for name in ("train", "test")}
    for said in found.values():
        for side in (said.stories, said.profiles):
            assert len(side) == len(set(side)) > 100
            assert not {fold(one) for one in side} & of_bank
    assert len(set(found["train"].profiles) & set(found["test"].profiles)) < 5


def test_ordinary_stories_are_as_many_as_families_and_name_no_need_of_the_form() -> None:
    found = synth.quiet_stories(synth.Settings(60, 20, seed=7), made_up.districts())
    assert len(found) == 60
    assert [story for story in found if naming.named(story)] == []
