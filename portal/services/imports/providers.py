"""Providers of a file. Whatever it says of their vetting, they come as applicants: vetting is done in the portal."""

from __future__ import annotations

from typing import Any

from portal.models import Provider
from portal.models.child import BANDS
from portal.queries import imports as known
from portal.services import checks
from portal.services.imports import columns
from portal.services.imports.columns import PROVIDER, Row
from portal.services.imports.plan import ALONE, CHANGED, MADE, Plan, Step
from portal.services.imports.problems import Problem
from portal.services.providers import on_grid

UNVETTED = ("invited", "applied")  # what a file may still change
Found = tuple[list[Step], list[Problem], list[Problem]]


def plan(rows: list[Row], unreadable: list[Problem], notices: list[Problem]) -> Plan:
    """What the file would do."""
    faults, bad = list(unreadable), {one.line for one in unreadable}
    good: dict[str, Row] = {}
    for row in rows:
        wrong = _wrong(row, good)
        faults += wrong
        if wrong:
            bad.add(row.line)
        else:
            good[row.values["provider_ref"]] = row
    have = known.providers(good)
    steps = [_step(row, have.get(ref)) for ref, row in good.items()]
    moved = [
        Problem(row.line, "provider_ref", "provider_moved_on", (("code", have[ref].code),))
        for ref, row in good.items() if ref in have and have[ref].status not in UNVETTED
    ]
    return Plan(columns.PROVIDERS, tuple(steps), tuple(faults), (*notices, *_vetted(rows), *moved), len(bad))


def _wrong(row: Row, before: dict[str, Row]) -> list[Problem]:
    found = checks.faults("provider", row.section(PROVIDER, "provider"))
    wrong = [*row.faults, *columns.placed(found, "provider", PROVIDER, row.line), *columns.half_a_place(row)]
    ref = row.values.get("provider_ref")
    if ref in before:
        wrong.append(Problem(row.line, "provider_ref", "ref_twice", (("line", before[ref].line),)))
    return wrong


def _vetted(rows: list[Row]) -> list[Problem]:
    """One notice for all: the file's word on vetting does not count."""
    said = [row.line for row in rows if row.values.get("vetting_status", "applied") != "applied"]
    return [Problem(said[0], "vetting_status", "vetting_ignored", (("count", len(said)),))] if said else []


def _step(row: Row, provider: Provider | None) -> Step:
    given = row.section(PROVIDER, "provider")
    ref = str(row.values["provider_ref"])
    if provider is None:
        return Step(ref, row.line, MADE, None, {"provider": given})
    if provider.status not in UNVETTED:
        return Step(ref, row.line, ALONE, provider)
    changed = _changed(provider, given)
    return Step(ref, row.line, CHANGED if changed else ALONE, provider, {"provider": changed})


def _changed(provider: Provider, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the file that are not as the provider has them."""
    capacity = {f"seats_{seat.band}": seat.capacity for seat in provider.seats}
    now = {name: capacity.get(name) if name.removeprefix("seats_") in BANDS else getattr(provider, name)
           for name in given}
    placed = {name: on_grid(given[name]) if name in ("latitude", "longitude") else value
              for name, value in given.items()}
    return {name: given[name] for name in given if placed[name] != now[name]}
