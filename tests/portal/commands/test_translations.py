"""`manage.py translations`: complete, fitting, and compiled when they changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from portal.commands import translations
from tests.portal.commands.conftest import Manage


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The catalogue of English, to be spoilt."""
    folder = tmp_path / "portal" / "translations"
    shutil.copytree(translations.FOLDER, folder)
    monkeypatch.setattr(translations, "FOLDER", folder)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    return folder / "en" / "LC_MESSAGES" / "messages.po"


def spoil(path: Path, message: str, **words: object) -> None:
    """Change one entry of a catalogue."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale="en")
    entry = catalogue.get(message)
    for name, value in words.items():
        entry.flags.add("fuzzy") if name == "fuzzy" else setattr(entry, name, value)
    with path.open("wb") as file:
        write_po(file, catalogue)


def test_english_is_complete(manage: Manage) -> None:
    done = manage("translations", "check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "complete in en" in done.stdout


@pytest.mark.parametrize(("words", "said"), [
    ({"string": ""}, "no words for 'No queda cupo libre para %(band)s.'"),
    ({"fuzzy": True}, "no words for 'No queda cupo libre para %(band)s.'"),
    ({"string": "No seat left for %(bond)s."}, "No queda cupo libre"),
])
def test_a_message_without_fitting_words_is_told(
    copy: Path, manage: Manage, words: dict[str, object], said: str
) -> None:
    spoil(copy, "No queda cupo libre para %(band)s.", **words)
    done = manage("translations", "check")
    assert done.exit_code == 1
    assert said in done.stderr


def test_one_form_of_a_plural_that_lacks_is_told(copy: Path, manage: Manage) -> None:
    spoil(copy, "%(num)d año", string=("%(num)d year", ""))
    assert "no words for" in manage("translations", "check").stderr


def test_a_language_without_a_catalogue_is_told(copy: Path, manage: Manage) -> None:
    copy.unlink()
    done = manage("translations", "check")
    assert (done.exit_code, done.stderr) == (1, "en: there is no catalogue\n")


def test_a_new_message_waits_for_its_words_and_the_others_keep_theirs(copy: Path, manage: Manage) -> None:
    text = copy.read_text(encoding="utf-8")
    entry = 'msgid "no vence"\nmsgstr "does not expire"\n'
    assert entry in text
    copy.write_text(text.replace(entry, ""), encoding="utf-8")
    done = manage("translations", "update")
    assert done.stdout == "portal/translations/en/LC_MESSAGES/messages.po: 1 messages lack words\n"
    with copy.open("rb") as file:
        catalogue = read_po(file, locale="en")
    assert catalogue.get("no vence").string == ""
    assert catalogue.get("ninguno").string


def test_updating_what_is_up_to_date_changes_no_message(copy: Path, manage: Manage) -> None:
    before = copy.read_text(encoding="utf-8").split("\n\n", 1)[1]
    assert manage("translations", "update").exit_code == 0
    assert copy.read_text(encoding="utf-8").split("\n\n", 1)[1] == before


def test_a_catalogue_is_compiled_once_for_each_change(copy: Path, manage: Manage) -> None:
    copy.with_suffix(".mo").unlink(missing_ok=True)
    assert [translations.compile_all(), translations.compile_all()] == [1, 0]
    newer = copy.with_suffix(".mo").stat().st_mtime + 10
    os.utime(copy, (newer, newer))
    assert manage("translations", "compile").stdout == "1 catalogues compiled\n"
