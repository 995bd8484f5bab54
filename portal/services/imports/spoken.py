"""What people call the columns of a file and the codes in them, in each language of the portal.

The words are those of the forms; they are handed in by who knows the forms (`portal.forms.columns`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.places import fold

SEPARATES = re.compile(r"[;,\n](?![^()]*\))")  # codes in one cell; `Dispositivo médico (sonda, oxígeno)` is one
FEWEST = 4  # signs with which a label can be begun: fewer are somebody's own letter for something


@dataclass(frozen=True)
class Spoken:
    """One kind of file (families | providers) in people's words."""

    kind: str
    titles: Mapping[str, object]  # column → its title in the reader's language
    headings: Mapping[str, str]  # folded title in any language, or the column's own name → column
    labels: Mapping[str, Mapping[str, object]]  # column that holds codes → code → words in the reader's language
    codes: Mapping[str, Mapping[str, str]]  # column that holds codes → folded words in any language, or code → code

    def column(self, heading: str) -> str:
        """The column a heading of a file names; what names none stays as it is written."""
        return self.headings.get(fold(heading), heading.strip())

    def coded(self, column: str, cell: str) -> str:
        """The cell with codes where it has their words; what is no such word stays."""
        known = self.codes.get(column)
        if not known:
            return cell
        whole = _code(known, cell)
        return whole if whole != cell else "; ".join(_code(known, piece.strip()) for piece in SEPARATES.split(cell))

    def worded(self, column: str, cell: str) -> str:
        """The codes of a cell in the reader's words: `asthma;diet` → `Asma; Dieta especial`."""
        known = self.labels.get(column)
        return "; ".join(str(known.get(code, code)) for code in cell.split(";")) if known else cell

    def allowed(self, column: str) -> str:
        """What a cell may say, in the reader's words; "" where it is no code."""
        return "; ".join(map(str, self.labels.get(column, {}).values()))


def _code(known: Mapping[str, str], words: str) -> str:
    """The code of a label, or of the whole words that begin one label and no other: `juntos`."""
    said = fold(words)
    if said in known:
        return known[said]
    begun = {code for label, code in known.items() if len(said) >= FEWEST and label.startswith(f"{said} ")}
    return begun.pop() if len(begun) == 1 else words
