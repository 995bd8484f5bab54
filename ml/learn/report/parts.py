"""Pieces of HTML: tables and paragraphs, everything escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

STYLE = Path(__file__).resolve().parent / "report.css"


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], ours: str = "") -> str:
    """Rows of plain cells; the row that begins with `ours` stands out."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(_row(cells, ours) for cells in rows)
    return (f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


def _row(cells: Sequence[str], ours: str) -> str:
    kind = ' class="ours"' if ours and cells[0] == ours else ""
    first, *rest = (escape(cell) for cell in cells)
    return f'<tr{kind}><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{escape(text)}</h{level}>"


def listed(items: Sequence[str]) -> str:
    """A list of sentences."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
