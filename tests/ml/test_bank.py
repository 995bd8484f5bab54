"""The bank of needs: what is well formed is read in the order of the codes; each fault names its file and concept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from needs import bank_file, concept

from ml import bank
from ml.bank import BankError
from ml.frames import NEEDS


def test_concepts_of_all_files_come_in_the_order_of_their_codes(tmp_path: Path) -> None:
    bank_file(tmp_path / "b.toml", concept("dogs"), concept("alone", split="test"))
    bank_file(tmp_path / "a.toml", concept("mourning"))
    found = bank.load(tmp_path)
    assert [one.code for one in found] == ["alone", "dogs", "mourning"]
    assert [one.code for one in bank.of_split(found, "test")] == ["alone"]
    assert (len(found[0].need), len(found[0].answers), len(found[0].refuses)) == (12, 12, 6)


@pytest.mark.parametrize(("changed", "said"), [
    ({"split": "dev"}, "split 'dev'"),
    ({"code": "Miedo"}, "a code is lower case"),
    ({"es": " "}, "none empty"),
    ({"need": ["solo una"]}, "need holds 1 sentences, 12 at least"),
    ({"answers": "una"}, "answers holds no sentences"),
    ({"refuses": ["no puedo "] * 6}, "begins or ends with a space"),
    ({"refuses": ["x" * 301] * 6}, "301 characters, 300 at most"),
    ({"refuses": ["No puedo."] * 6}, "stands already in x.toml"),
    ({"note": "más"}, "and no others"),
    ({"form": "dogs", "words": ["perro"]}, "form 'dogs' with words is expected: one of physical"),
    ({"form": "allergy"}, "form 'allergy' with words is expected"),
    ({"words": ["perro"]}, "form None with words is expected"),
    ({"form": "allergy", "words": []}, "words is a list, not empty"),
    ({"form": "allergy", "words": ["perro"], "hints": "pelo"}, "hints is a list, not empty"),
    ({"form": "allergy", "words": ["Alérgico"]}, "words: 'Alérgico' is not lower case without accents"),
    ({"form": "allergy", "words": ["al*rgia"]}, "* only at the end"),
    ({"form": "allergy", "words": ["pelo  de gato"]}, "words with one space"),
    ({"form": "allergy", "words": ["pelo"], "hints": ["pelo"]}, "hints: 'pelo' stands already in x.toml dogs words"),
])
def test_a_fault_names_the_file_and_what_is_wrong(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    bank_file(tmp_path / "x.toml", {**concept("dogs"), **changed})
    with pytest.raises(BankError, match="^x.toml ") as refused:
        bank.load(tmp_path)
    assert said in str(refused.value)


def test_a_concept_lacking_a_key_is_refused_by_its_code(tmp_path: Path) -> None:
    table = concept("dogs")
    del table["refuses"]
    bank_file(tmp_path / "x.toml", table)
    with pytest.raises(BankError, match=r"^x.toml dogs: the keys code, split"):
        bank.load(tmp_path)


def test_no_code_and_no_sentence_stands_twice_in_the_folder(tmp_path: Path) -> None:
    bank_file(tmp_path / "a.toml", concept("dogs"))
    bank_file(tmp_path / "b.toml", concept("dogs", words="otra"))
    with pytest.raises(BankError, match=r"^b.toml dogs: code: 'dogs' stands already in a.toml dogs"):
        bank.load(tmp_path)
    again = concept("cats")
    again["answers"] = [concept("dogs")["need"][0].upper(), *again["answers"][1:]]
    bank_file(tmp_path / "b.toml", again)
    with pytest.raises(BankError, match=r"^b.toml cats: answers: .* stands already in a.toml dogs need"):
        bank.load(tmp_path)


def test_what_belongs_to_the_form_is_read_without_the_sentences(tmp_path: Path) -> None:
    bank_file(tmp_path / "a.toml", concept("alone"), {**concept("dogs"), "form": "allergy", "words": ["perro"]})
    (found,) = bank.of_form(tmp_path)
    assert (found.code, found.form, found.words, found.hints) == ("dogs", "allergy", ("perro",), ())
    bank_file(tmp_path / "b.toml", {**concept("cats"), "form": "cats", "words": ["gato"]})
    with pytest.raises(BankError, match="^b.toml cats: form 'cats' with words is expected"):
        bank.of_form(tmp_path)


def test_every_concept_of_the_form_is_in_the_short_reading() -> None:
    whole = {one.code: replace(one, need=(), answers=(), refuses=()) for one in bank.load() if one.form}
    assert {one.code: one for one in bank.of_form()} == whole


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_of_the_form_has_concepts(need: str) -> None:
    assert [one.code for one in bank.of_form() if one.form == need]


@pytest.mark.parametrize(("held", "said"), [
    ("[[concept]\n", "not TOML"), ("title = 'x'\n", "only .* tables"), ("concept = 3\n", "only .* tables"),
])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, held: str, said: str) -> None:
    (tmp_path / "x.toml").write_text(held, encoding="utf-8")
    with pytest.raises(BankError, match=f"^x.toml: {said}"):
        bank.load(tmp_path)


def test_an_empty_folder_is_said_to_hold_no_bank(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="no bank of needs"):
        bank.load(tmp_path)
