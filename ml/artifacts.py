"""Folders of weights with a manifest: nothing is loaded whose bytes changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SHIPPED = Path(__file__).resolve().parent / "weights" / "ayni-minilm-es"


class ArtifactError(RuntimeError):
    """A model folder is incomplete or was changed; the message names the file."""


def sha256(path: Path) -> str:
    """Of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path, names: tuple[str, ...]) -> str:
    """Check these files of a folder against its manifest; returns the model's version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder / MANIFEST} cannot be read: {type(error).__name__}") from error
    for name in names:
        path = folder / name
        if not path.is_file():
            raise ArtifactError(f"{path} is missing")
        if sha256(path) != manifest["files"].get(name):
            raise ArtifactError(f"{path} is not the file its manifest names: it was changed or cut short")
    return str(manifest["version"])


def write_manifest(folder: Path, version: str, about: Mapping[str, Any] | None = None) -> None:
    """Write down every file of a folder, and what else is to be known of it."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name != MANIFEST}
    text = json.dumps({**(about or {}), "version": version, "files": files}, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
