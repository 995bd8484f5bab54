"""What is wrong with a file, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

Values = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Problem:
    """One thing about one cell, by its code (worded by `portal.wording.imported`): a fault, or only a notice.

    `column` is the file's own title where it has the column, and "" where it is the row as a whole. No value of the
    file is held: it may be somebody's.
    """

    line: int  # as an editor counts them, from 1
    column: str
    code: str
    values: Values = ()


class UnreadableError(Exception):
    """The file cannot be read as a table at all; `code` says why."""

    def __init__(self, code: str, line: int = 1, values: Values = ()) -> None:
        super().__init__(code)
        self.problem = Problem(line, "", code, values)


class CellError(ValueError):
    """A cell that cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
