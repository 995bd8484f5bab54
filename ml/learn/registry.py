"""Versions of the score: folders with a manifest, one of them promoted, each move kept.

`promoted.json` names the promoted version and the sha256 of its manifest, so that neither the files nor the manifest
can change unnoticed. Moves are appended to its history: a rollback is a move too, and nothing is forgotten.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import artifacts, scoring, tables
from ml.artifacts import MANIFEST, ArtifactError
from ml.learn import stored
from ml.learn.faults import LearnError
from ml.learn.origin import FAMILIES, Origin
from ml.scoring import Scorer

SCORER, METRICS, POINTER = "scorer.json", "metrics.json", "promoted.json"
PRIOR = scoring.PRIOR.version


@dataclass(frozen=True)
class Move:
    """One line of the history. `at` is an ISO instant that the caller passes in; `reason` why a gate was overruled.

    `by` is who did it, "" for whoever was at the command line.
    """

    action: str  # promote | rollback
    version: str
    at: str
    reason: str = ""
    by: str = ""


def versions(root: Path) -> list[str]:
    """The names of the versions that are there, in order."""
    return sorted(path.parent.name for path in root.glob(f"*/{MANIFEST}"))


def manifest(root: Path, version: str) -> dict[str, Any]:
    """What is written of a version. Raises LearnError where there is none, ArtifactError where it cannot be read."""
    if version not in versions(root):
        raise LearnError(f"no version {version!r}; there are: {', '.join(versions(root)) or 'none'}")
    try:
        found: dict[str, Any] = json.loads((root / version / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{root / version / MANIFEST} cannot be read: {type(error).__name__}") from error
    return found


def metrics(root: Path, version: str) -> dict[str, Any]:
    """The whole metrics of a version, from its checked files."""
    manifest(root, version)
    load(root / version)
    found: dict[str, Any] = json.loads((root / version / METRICS).read_text(encoding="utf-8"))
    return found


def named(root: Path, version: str) -> Scorer:
    """The scorer of a version or of the prior by name. Raises LearnError, ArtifactError."""
    if version == PRIOR:
        return scoring.PRIOR
    manifest(root, version)
    return load(root / version)


def origin(root: Path, version: str) -> Origin | None:
    """What a version was made from; None for the prior, which was set by hand. Raises LearnError, ArtifactError."""
    if version == PRIOR:
        return None
    about, path = manifest(root, version), root / version / FAMILIES
    load(root / version)
    families = frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
    return Origin(str(about.get("data", "")), int(about.get("seed", 0)), families)


def load(folder: Path) -> Scorer:
    """The scorer of a version's folder. Raises ArtifactError where any of its files changed or is missing."""
    names = _names(folder)
    version = artifacts.verify(folder, names)
    try:
        scorer = stored.from_json((folder / SCORER).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ArtifactError(f"{folder / SCORER} holds no scorer: {error}") from error
    if scorer.version != version:
        raise ArtifactError(f"{folder / SCORER} is of version {scorer.version}, its manifest of {version}")
    return scorer


def _names(folder: Path) -> tuple[str, ...]:
    """The files the manifest names; a file beside them that it does not name is a change too."""
    try:
        named = set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{folder / MANIFEST} cannot be read: {type(error).__name__}") from error
    there = {path.name for path in folder.iterdir()} - {MANIFEST}
    if there - named:
        raise ArtifactError(f"{folder / min(there - named)} is not in the manifest")
    return tuple(sorted(named))


def history(root: Path) -> list[Move]:
    """Every move, the first one first. Raises ArtifactError where the pointer cannot be read."""
    return [Move(**one) for one in _pointer(root)["history"]]


def _pointer(root: Path) -> dict[str, Any]:
    path = root / POINTER
    if not path.exists():
        return {"version": PRIOR, "manifest": "", "history": []}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if set(found) != {"version", "manifest", "history"}:
            raise ValueError("its keys are not those of a pointer")
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    return found


def promoted(root: Path) -> str:
    """The name of the promoted version; the prior's where none is."""
    return str(_pointer(root)["version"])


def current(root: Path) -> Scorer:
    """The promoted scorer, read anew each time: a promotion counts at once. Raises ArtifactError where it changed."""
    found = _pointer(root)
    if found["version"] == PRIOR:
        return scoring.PRIOR
    folder = root / str(found["version"])
    if not (folder / MANIFEST).is_file():
        raise ArtifactError(f"{folder / MANIFEST} is missing")
    if artifacts.sha256(folder / MANIFEST) != found["manifest"]:
        raise ArtifactError(f"{folder / MANIFEST} changed since it was promoted")
    return load(folder)


def promote(root: Path, version: str, at: str, reason: str = "", by: str = "") -> None:
    """Make a version the one that ranks; ArtifactError where its files changed. The gates are the matter of `gates`."""
    manifest(root, version)
    load(root / version)
    _moved(root, Move("promote", version, at, reason, by))


def rollback(root: Path, at: str, by: str = "") -> str:
    """Back to what was promoted before; returns its name. LearnError where nothing was."""
    name = before(root)
    _moved(root, Move("rollback", name, at, by=by))
    return name


def before(root: Path) -> str:
    """What a rollback goes back to. LearnError where nothing is promoted, ArtifactError where its files changed."""
    stack = _stack(history(root))
    if not stack:
        raise LearnError("nothing is promoted: the prior ranks, and there is nothing to go back to")
    name = stack[-2] if len(stack) > 1 else PRIOR
    if name != PRIOR:
        load(root / name)
    return name


def _stack(moves: list[Move]) -> list[str]:
    """What lies under the promoted version."""
    found: list[str] = []
    for move in moves:
        if move.action == "promote":
            found.append(move.version)
        else:
            found.pop()
    return found


def _moved(root: Path, move: Move) -> None:
    moves = [*history(root), move]
    seal = "" if move.version == PRIOR else artifacts.sha256(root / move.version / MANIFEST)
    found = {"version": move.version, "manifest": seal, "history": [vars(one) for one in moves]}
    root.mkdir(parents=True, exist_ok=True)
    with tables.whole(root / POINTER) as file:
        file.write(json.dumps(found, indent=2) + "\n")
