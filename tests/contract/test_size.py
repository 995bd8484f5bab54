"""The size budgets: what grows past them is split along the domain."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "portal").rglob("*.py"), *(ROOT / "ml").rglob("*.py")])
LONGEST_FILE, MEDIAN_FILE = 400, 80
LONGEST_FUNCTION, MEDIAN_FUNCTION = 60, 10


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [(f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1) for node in found]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long(path: Path) -> None:
    assert lines(path) <= LONGEST_FILE


def test_files_are_small() -> None:
    assert median(lines(path) for path in FILES) <= MEDIAN_FILE


def test_functions_are_small() -> None:
    found = [one for path in FILES for one in functions(path)]
    assert [name for name, length in found if length > LONGEST_FUNCTION] == []
    assert median(length for _, length in found) <= MEDIAN_FUNCTION
