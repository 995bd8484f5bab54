"""The matcher on files: what `manage.py match` and `manage.py embed` do. Returns exit statuses: 0 done, 1 not (all) done."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ml import assignment, passages, pipeline, schema, tables, text
from ml.artifacts import ArtifactError
from ml.convert import children_of, providers_of
from ml.encoder import Encoder
from ml.frames import BANDS, Rules
from ml.pipeline import Answer, Request

SUGGESTION = (
    "family_ref", "child_ref", "provider_ref", "rank", "score", "text_score", "distance_km", "contributions",
)
WHY = ("family_ref", "child_ref", "provider_ref", "rule", "needed", "offered", "result")
PLAN = ("family_ref", "child_ref", "provider_ref", "score")
BLOCK = 200  # children ranked at a time: keeps the matrices small
Row = dict[str, Any]


@dataclass(frozen=True)
class Outputs:
    """Where the results go."""

    suggestions: Path
    why_not: Path | None = None
    plan: Path | None = None


@dataclass
class Results:
    """What was found so far, over all blocks."""

    suggestions: list[Row] = field(default_factory=list)
    why: list[Row] = field(default_factory=list)
    units: list[tuple[int, ...]] = field(default_factory=list)
    pairs: list[tuple[int, int, float]] = field(default_factory=list)  # unit, provider, score


def say(line: str) -> None:
    """To stderr: stdout belongs to results."""
    sys.stderr.write(line + "\n")


def progress(what: str) -> Callable[[int, int], None]:
    """A line that is drawn anew on a terminal, and nothing elsewhere."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{what}: {done} of {total}" + ("\n" if done >= total else ""))
            sys.stderr.flush()

    return tell


def match(
    families: Path, providers: Path, outputs: Outputs, *, keep: int, on: date, centres: Mapping[str, tuple[float, float]]
) -> int:
    """Rank providers for each child. `centres`: district code → (latitude, longitude) where a row gives none."""
    try:
        needs, bad_needs = tables.read(families, schema.FAMILIES, ("family_ref", "child_ref"), say)
        offers, bad_offers = tables.read(providers, schema.PROVIDERS, ("provider_ref",), say)
        needs, more = _located(families, needs, centres)
        offers, less = _located(providers, offers, centres)
        needs, odd = _consistent(families, needs, on)
        encoder = Encoder.load()
    except (tables.TableError, ArtifactError) as error:
        say(str(error))
        return 1
    matched = [row for row in needs if row["consent_services"] and row["consent_matching"]]
    if len(matched) < len(needs):
        say(f"{len(needs) - len(matched)} children are left out: their family did not consent to matching")
    results = _rank(encoder, matched, offers, keep, outputs.why_not is not None)
    _write(outputs, needs, matched, offers, results)
    return 1 if bad_needs + bad_offers + more + less + odd else 0


def _located(path: Path, rows: list[Row], centres: Mapping[str, tuple[float, float]]) -> tuple[list[Row], int]:
    """Rows with coordinates: their own, or the centre of their district; a row with neither is bad."""
    good = []
    for row in rows:
        if row["latitude"] is None or row["longitude"] is None:
            centre = centres.get(row["ubigeo"])
            if centre is None:
                say(f"{path.name}:{row['_line']} ubigeo: {row['ubigeo']} is no district; give latitude and longitude")
                continue
            row = {**row, "latitude": centre[0], "longitude": centre[1]}
        good.append(row)
    return good, len(rows) - len(good)


def _consistent(path: Path, rows: list[Row], on: date) -> tuple[list[Row], int]:
    """Rows that make sense as a whole: born by the start, and one answer about siblings in a family."""
    good: list[Row] = []
    siblings: dict[str, Row] = {}
    for row in rows:
        first = siblings.setdefault(row["family_ref"], row)
        start = row["start_date"] or on
        if row["child_birth_date"] > start:
            say(f"{path.name}:{row['_line']} child_birth_date: after the start of care")
        elif row["siblings"] != first["siblings"]:
            say(f"{path.name}:{row['_line']} siblings: not as in line {first['_line']} of the same family")
        else:
            good.append({**row, "start_date": start})
    return good, len(rows) - len(good)


def _rank(encoder: Encoder, needs: list[Row], offers: list[Row], keep: int, why: bool) -> Results:
    results = Results()
    if not needs or not offers:
        results.units = pipeline.units(children_of(needs)) if needs else []
        return results
    stories = [text.sentences(row["story"], (row["caregiver_name"], row["child_name"])) for row in needs]
    profiles = [text.sentences(row["profile"], (row["name"],)) for row in offers]
    unique = list(dict.fromkeys(tuple(story) for story in stories))
    found = passages.encode(encoder, [*profiles, *unique])
    offered, by_story = found[: len(offers)], dict(zip(unique, found[len(offers) :], strict=True))
    providers = providers_of(offers)
    for block in _blocks(needs):
        rows = [needs[place] for place in block]
        request = Request(
            children_of(rows), providers, [by_story[tuple(stories[place])] for place in block], offered, Rules(), keep
        )
        _collect(results, block, request, pipeline.rank(request), why)
        progress("children ranked")(block[-1] + 1, len(needs))
    return results


def _blocks(rows: list[Row]) -> Iterator[list[int]]:
    """Places of the rows, families never apart, about `BLOCK` at a time."""
    families: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        families.setdefault(row["family_ref"], []).append(place)
    block: list[int] = []
    for places in families.values():
        block += places
        if len(block) >= BLOCK:
            yield block
            block = []
    if block:
        yield block


def _collect(results: Results, block: list[int], request: Request, answer: Answer, why: bool) -> None:
    children, providers = request.children, request.providers
    first = len(results.units)
    results.units += [tuple(block[child] for child in unit) for unit in answer.units]
    for unit, (allowed, score) in enumerate(zip(answer.admissible, answer.score, strict=True), start=first):
        results.pairs += [(unit, int(place), float(score[place])) for place in np.flatnonzero(allowed)]
    for one in answer.suggestions:
        shares = json.dumps({name: round(share, 12) for name, share in one.contributions.items()}, sort_keys=True)
        for child in one.children:
            results.suggestions.append({
                "place": block[child], "child_ref": children.ref[child], "provider_ref": providers.ref[one.provider],
                "rank": one.rank, "score": f"{one.score:.12f}", "text_score": f"{one.text_score:.6f}",
                "distance_km": f"{one.distance_km:.3f}", "contributions": shares,
            })
    if why:
        results.why += [
            {
                "place": block[one.child], "child_ref": children.ref[one.child],
                "provider_ref": providers.ref[one.provider], "rule": one.rule, "result": one.result,
                "needed": json.dumps(one.needed), "offered": json.dumps(one.offered),
            }
            for one in pipeline.why_not(request, answer)
        ]


def _write(outputs: Outputs, everyone: list[Row], needs: list[Row], offers: list[Row], results: Results) -> None:
    def named(rows: list[Row]) -> Iterator[Row]:
        for row in sorted(rows, key=lambda one: one["place"]):
            yield {**{key: value for key, value in row.items() if key != "place"},
                   "family_ref": needs[row["place"]]["family_ref"]}

    tables.write(outputs.suggestions, SUGGESTION, named(results.suggestions))
    if outputs.why_not is not None:
        tables.write(outputs.why_not, WHY, named(results.why))
    if outputs.plan is not None:
        _write_plan(outputs.plan, (everyone, needs, offers), results)


def _write_plan(path: Path, rows: tuple[list[Row], list[Row], list[Row]], results: Results) -> None:
    everyone, needs, offers = rows
    plan, problem = _plan(needs, offers, results)
    given: dict[tuple[str, str], tuple[str, str]] = {}
    for unit, pair in zip(results.units, plan.pair, strict=True):
        for place in unit:
            key = (needs[place]["family_ref"], needs[place]["child_ref"])
            if pair >= 0:
                given[key] = (offers[problem.provider[pair]]["provider_ref"], f"{problem.score[pair]:.12f}")
    tables.write(path, PLAN, [
        dict(zip(PLAN, (row["family_ref"], row["child_ref"], *given.get((row["family_ref"], row["child_ref"]), ("", ""))),
                 strict=True))
        for row in everyone
    ])
    totals = {
        "placed": plan.placed, "unplaced": len(everyone) - plan.placed, "objective": plan.objective,
        "bound": plan.bound, "gap": plan.gap, "blocking_pairs": plan.blocking_pairs, "seconds": round(plan.seconds, 4),
    }
    with tables.whole(path.with_suffix(".json")) as file:
        file.write(json.dumps(totals, indent=2) + "\n")


def _plan(needs: list[Row], offers: list[Row], results: Results) -> tuple[assignment.Plan, assignment.Problem]:
    children = children_of(needs) if needs else None
    demand = np.zeros((len(results.units), len(BANDS)), dtype=np.int64)
    for unit, places in enumerate(results.units):
        for place in places:
            if children is not None and children.band[place] >= 0:
                demand[unit, children.band[place]] += 1
    problem = assignment.Problem(
        family=np.array([pair[0] for pair in results.pairs], dtype=np.int64),
        provider=np.array([pair[1] for pair in results.pairs], dtype=np.int64),
        score=np.array([pair[2] for pair in results.pairs], dtype=np.float64), demand=demand,
        seats=providers_of(offers).seats if offers else np.zeros((0, len(BANDS)), dtype=np.int64),
    )
    return assignment.solve(problem), problem


def embed(texts: Path, out: Path, engine: str) -> int:
    """One text a line → (n, d) float32 unit rows in an NPY file."""
    try:
        lines = texts.read_text(encoding="utf-8-sig").splitlines()
        vectors = Encoder.load(engine=engine).encode(lines, progress("texts encoded"))
    except UnicodeDecodeError as error:
        say(f"{texts.name}: not UTF-8 (byte {error.start})")
        return 1
    except (OSError, ArtifactError) as error:
        say(f"{texts.name}: {error}")
        return 1
    with tables.whole(out, binary=True) as file:
        np.save(file, vectors)
    return 0
