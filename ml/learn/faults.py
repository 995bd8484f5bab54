"""What can stand in the way of learning; the message is one line for whoever asked."""

from __future__ import annotations


class LearnError(RuntimeError):
    """The work cannot be done with these data or this version. `code` and `values` say it for who words it anew."""

    def __init__(self, message: str, code: str = "", **values: str | int) -> None:
        super().__init__(message)
        self.code, self.values = code, values
