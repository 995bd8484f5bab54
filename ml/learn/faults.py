"""What can stand in the way of learning; the message is one line for whoever asked."""

from __future__ import annotations


class LearnError(RuntimeError):
    """The work cannot be done with these data or this version."""
