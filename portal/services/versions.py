"""Versions of the score: which there are, what they showed, which one ranks, and how one would rank the lists of now.

An NGO sees those that its own decisions taught; the platform's operator sees all, and says which one ranks for
everybody, through the same gates as the command line. Each such move, by whichever way, is in the trail of every NGO.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app

from ml.artifacts import ArtifactError
from ml.learn import gates, registry, splits
from ml.learn.faults import LearnError
from ml.learn.gates import Gate
from portal import audit, clock, events
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.events import Job
from portal.extensions import db
from portal.policy import Actor, Permission, require
from portal.queries import decisions, tenants
from portal.services import jobs
from portal.tenancy import acting_for, current_or_none

PRIOR = registry.PRIOR
REPORT = "report.html"
FEWEST = splits.fewest()  # families
SHORTEST_REASON = 10  # letters


@dataclass(frozen=True)
class Version:
    """A version as a list shows it. `figure` and `less_prior`: value, low, high of nDCG@10, and of what it gains."""

    name: str
    made: datetime
    source: str  # the id of the NGO whose decisions taught it, "" for a folder's
    figure: dict[str, Any]
    less_prior: dict[str, Any]
    ranks: bool


@dataclass(frozen=True)
class Moved:
    """A promotion or a rollback: what was chosen, when, by whom, and why past a closed gate."""

    action: str
    version: str
    at: datetime
    by: str
    reason: str


def root() -> Path:
    """Where the versions of this installation are."""
    return Path(current_app.config["SETTINGS"].instance / "models")


def ranking() -> str:
    """The name of the version that was promoted; the prior's where none was, "?" where nobody can say."""
    try:
        return registry.promoted(root())
    except ArtifactError:
        return "?"


def history() -> list[Moved]:
    """Every promotion and rollback, the newest first."""
    try:
        moves = registry.history(root())[::-1]
    except ArtifactError:
        return []
    return [Moved(one.action, one.version, datetime.fromisoformat(one.at), one.by, one.reason) for one in moves]


def in_sight() -> list[Version]:
    """The versions the person at work may see, the newest first."""
    chosen, tenant = ranking(), current_or_none()
    found = filter(None, (_version(name, chosen) for name in registry.versions(root())))
    seen = [one for one in found if tenant is None or one.source == str(tenant)]
    return sorted(seen, key=lambda one: (one.made, one.name), reverse=True)


def figures(name: str) -> tuple[Version, dict[str, Any]]:
    """A version in sight and all its figures. NotFoundError; ConflictError where its files changed."""
    version = next((one for one in in_sight() if one.name == name), None)
    if version is None:
        raise NotFoundError
    try:
        return version, registry.metrics(root(), name)
    except ArtifactError:
        raise ConflictError("version_changed") from None


def report(name: str) -> str:
    """The whole report of a version, a page of its own without scripts. The same errors."""
    figures(name)
    return (root() / name / REPORT).read_text(encoding="utf-8")


def closed(metrics: dict[str, Any]) -> list[Gate]:
    """What stands against letting a version rank."""
    return gates.found(metrics)


def doubts(metrics: dict[str, Any]) -> list[Gate]:
    """What whoever lets it rank must know, though it stands against nothing."""
    return gates.doubts(metrics)


def teach(actor: Actor) -> Job:
    """Have the score learn from the decisions of the NGO at work. ConflictError where they are too few, or it runs."""
    require(actor, Permission.MODEL_TRAIN)
    if decisions.teachable() < FEWEST:
        raise ConflictError("few_decisions")
    return jobs.ask(actor, events.TRAIN, alone=True)


def promote(actor: Actor, name: str, reason: str = "") -> None:
    """Let a version rank for every NGO. A closed gate wants a reason, which is kept.

    InvalidInputError without one; NotFoundError; ConflictError where its files changed.
    """
    require(actor, Permission.MODEL_PROMOTE)
    _, metrics = figures(name)
    past = reason.strip()[:300] if closed(metrics) else ""
    if closed(metrics) and len(past) < SHORTEST_REASON:
        raise InvalidInputError("note_missing", {"reason": ["note_missing"]})
    let_rank(name, past, actor.name)


def let_rank(name: str, past: str, by: str = "") -> None:
    """A version whose gates were asked ranks; each trail knows. `past`: why past a closed one; `by`: as of `Move`."""
    _tell_every_ngo("promote", f"{name}: {past}" if past else name)
    registry.promote(root(), name, _now(), past, by)


def rollback(actor: Actor) -> str:
    """Let the version rank again that did before; returns its name. ConflictError where there is none."""
    require(actor, Permission.MODEL_PROMOTE)
    try:
        return go_back(actor.name)
    except LearnError:
        raise ConflictError("nothing_promoted") from None
    except ArtifactError:
        raise ConflictError("version_changed") from None


def go_back(by: str = "") -> str:
    """The version before ranks, and each trail knows; returns its name. LearnError, ArtifactError: there is none."""
    name = registry.before(root())
    _tell_every_ngo("rollback", name)
    return registry.rollback(root(), _now(), by)


def _version(name: str, chosen: str) -> Version | None:
    """None where nobody can read what it says of itself: `manage.py models` says why."""
    try:
        about = registry.manifest(root(), name)
        made, found = datetime.fromisoformat(about["made"]), about["metrics"]
    except (ArtifactError, LearnError, KeyError, ValueError):
        return None
    source, less = str(about.get("source", "")), found.get("validation_less_prior", {})
    return Version(name, made, source, found["ndcg@10"], less, name == chosen)


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _tell_every_ngo(action: str, reason: str) -> None:
    """Into each trail before it is done, so that nothing is done that no trail knows of."""
    for tenant in _ngos():
        with acting_for(tenant):
            audit.record(action, "model", reason=reason)
            db.session.commit()


def _ngos() -> list[UUID]:
    return [one.id for one in tenants.every()]
