"""A small bank of needs for tests, as files. Its sentences are plain: tests look at who says what, not at how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ml.bank import LEAST


def concept(code: str, split: str = "train", words: str = "") -> dict[str, Any]:
    """The table of one concept; every sentence tells what it is."""
    said = {"need": "necesita ayuda con", "answers": "sabe atender", "refuses": "no atiende"}
    return {
        "code": code, "split": split, "es": f"Necesidad {code}", "en": f"Need {code}",
        **{key: [f"{said[key]} {words}{code} de la manera {one}." for one in range(LEAST[key])] for key in LEAST},
    }


def bank_file(path: Path, *tables: dict[str, Any]) -> Path:
    """Tables as a TOML file. A JSON string is a TOML string too, and so is a list of them."""
    lines = []
    for table in tables:
        lines += ["[[concept]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def small_bank(folder: Path, each: int = 12) -> Path:
    """A folder with `each` concepts of either split."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in ("train", "test"):
        bank_file(folder / f"{split}.toml", *(concept(f"{split}_{one:02d}", split) for one in range(each)))
    return folder
