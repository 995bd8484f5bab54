"""The columns of an imported file in the words of the forms: a file may call a field what its form calls it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from flask_babel import force_locale

from portal import wording
from portal.forms.base import Form
from portal.forms.family import CareForm, CaregiverForm, ChildForm, ConsentForm, HomeForm
from portal.forms.provider import ProviderForm
from portal.places import fold
from portal.services.imports.columns import KINDS_OF_FILE, Column
from portal.services.imports.spoken import Spoken

LANGUAGES = ("es", "en")
FORMS: dict[str, type[Form]] = {
    "caregiver": CaregiverForm, "home": HomeForm, "care": CareForm, "child": ChildForm, "consent": ConsentForm,
    "provider": ProviderForm,
}


@cache
def spoken(kind: str) -> Spoken:
    """A kind of file (families | providers) in the words of the reader, and of everybody else."""
    columns = KINDS_OF_FILE[kind]
    titles = {name: _title(name, column) for name, column in columns.items()}
    labels = {
        name: dict(wording.choices(column.words, column.codes or None))
        for name, column in columns.items() if column.words
    }
    return Spoken(
        kind, titles, _known(titles.items()), labels, {name: _known(words.items()) for name, words in labels.items()}
    )


def _title(name: str, column: Column) -> object:
    """The label of the form's field; what no form asks in one field has a title of its own."""
    form = FORMS.get(column.section)
    field = getattr(form, column.field, None) or getattr(form, name, None)
    return field.args[0] if field is not None else wording.title(name)


def _known(worded: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Folded words in each language, and the code itself → code."""
    pairs = list(worded)
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {fold(str(words)): code for code, words in pairs}
    return found | {fold(code): code for code, _ in pairs}
