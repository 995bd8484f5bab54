"""Families of a file: rows with one key are one family, and a family is whole or not taken at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.models import Caregiver, Family
from portal.queries import imports as known
from portal.services import checks, intakes
from portal.services.imports import changes, columns, names
from portal.services.imports.columns import FAMILY, OF_A_CHILD, OF_A_FAMILY, Row
from portal.services.imports.plan import ALONE, Plan, Step
from portal.services.imports.problems import CellError, Problem

SHARED = tuple(name for name in FAMILY if name not in (*OF_A_CHILD, "family_ref", "child_ref"))


@dataclass(frozen=True)
class Entry:
    """The rows of one family, and what they say of it as a whole: column → value."""

    ref: str
    rows: tuple[Row, ...]
    shared: Mapping[str, Any]

    @property
    def whole(self) -> Row:
        """As if it were one row, the first."""
        return Row(self.rows[0].line, self.shared)


def plan(rows: list[Row], unreadable: list[Problem], notices: list[Problem]) -> Plan:
    """What the file would do."""
    entries = list(_entries(rows))
    have = known.families([one.ref for one in entries])
    owners = _owners(entries)
    faults, bad, steps = list(unreadable), {one.line for one in unreadable}, []
    for row in rows:
        if "family_ref" not in row.values:
            faults += row.faults
            bad.add(row.line)
    for entry in entries:
        family = have.get(entry.ref)
        wrong = [*_wrong(entry, family), *_known_documents(entry, family, owners)]
        step = None if wrong else changes.step(entry.whole, entry.rows, family)
        if step is not None:
            wrong = _same_children(entry, step)
        faults += wrong
        if step is None or wrong:
            bad |= {row.line for row in entry.rows}
        else:
            steps.append(step)
    told = [*notices, *_phones([entry for entry in entries if entry.ref not in have]), *_moved_on(steps)]
    return Plan(columns.FAMILIES, tuple(steps), tuple(sorted(faults, key=lambda one: one.line)), tuple(told), len(bad))


def _entries(rows: list[Row]) -> Iterator[Entry]:
    """The families in the order of the file. What the first row leaves empty, a later one may say."""
    by_ref: dict[str, list[Row]] = {}
    for row in rows:
        if "family_ref" in row.values:
            by_ref.setdefault(row.values["family_ref"], []).append(row)
    for ref, own in by_ref.items():
        shared: dict[str, Any] = {}
        for row in own:
            shared = {**{name: row.values[name] for name in SHARED if name in row.values}, **shared}
        yield Entry(ref, tuple(own), shared)


def _wrong(entry: Entry, family: Family | None) -> list[Problem]:
    """What is wrong with each row, with the rows together, and with the family."""
    found: list[Problem] = []
    before: dict[str, int] = {}
    for row in entry.rows:
        found += row.faults
        found += _unlike(row, entry)
        values = row.section(FAMILY, "child")
        days = intakes.other_day(changes.child_of(row, family), values)
        found += columns.placed(checks.faults("child", {**days, **values}), "child", FAMILY, row.line)
        ref = row.values.get("child_ref", "")
        if ref in before:
            found.append(Problem(row.line, "child_ref", "ref_twice", (("line", before[ref]),)))
        before.setdefault(ref, row.line)
    line, said = entry.whole.line, {one.column for one in found}
    found += [Problem(line, name, "text_missing") for name in OF_A_FAMILY if name not in {*entry.shared, *said}]
    for section in ("home", "care", "caregiver"):
        wrong = checks.faults(section, entry.whole.section(FAMILY, section))
        found += columns.placed(wrong, section, FAMILY, line)
    return [*found, *_consent(entry), *_name(entry), *columns.half_a_place(entry.whole)]


def _unlike(row: Row, entry: Entry) -> list[Problem]:
    """What a row says otherwise than the row before it of the same family."""
    return [
        Problem(row.line, name, "unlike_sibling", (("line", entry.rows[0].line),))
        for name in SHARED if name in row.values and row.values[name] != entry.shared[name]
    ]


def _consent(entry: Entry) -> list[Problem]:
    found = checks.consent_day(entry.shared.get("consent_date"))
    wrong = [Problem(entry.whole.line, "consent_date", code) for codes in found.values() for code in codes]
    if len(entry.shared.get("consent_text_version", "")) > checks.TEXT_VERSION:
        wrong.append(Problem(entry.whole.line, "consent_text_version", "too_long"))
    return wrong


def _name(entry: Entry) -> list[Problem]:
    """A caregiver's name must come apart in given names and surname, each short enough."""
    if "caregiver_name" not in entry.shared:
        return []
    line = entry.whole.line
    try:
        found = checks.faults("caregiver", names.of_caregiver(entry.shared["caregiver_name"]))
    except CellError as error:
        return [Problem(line, "caregiver_name", error.code)]
    wrong = [Problem(line, "caregiver_name", code) for codes in found.values() for code in codes][:1]
    for row in entry.rows:
        child = checks.faults("child", names.of_child(row.values.get("child_name", "")))
        wrong += [Problem(row.line, "child_name", code) for codes in child.values() for code in codes][:1]
    return wrong


def _owners(entries: list[Entry]) -> tuple[dict[str, UUID], dict[str, Entry]]:
    """Whose a document is: of a case of the NGO by its blind index, and of the first family of the file."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if "caregiver_dni" in entry.shared:
            first.setdefault(entry.shared["caregiver_dni"], entry)
    indexes = [index for document in first if (index := Caregiver.dni.lookup(document))]
    return known.with_dni(indexes), first


def _known_documents(
    entry: Entry, family: Family | None, owners: tuple[dict[str, UUID], dict[str, Entry]]
) -> list[Problem]:
    """A document is one person's: not in another case of the NGO, and not in another family of the file."""
    document = entry.shared.get("caregiver_dni")
    if document is None:
        return []
    cases, first = owners
    owner = cases.get(Caregiver.dni.lookup(document) or "")
    if owner is not None and (family is None or owner != family.id):
        return [Problem(entry.whole.line, "caregiver_dni", "duplicate_dni")]
    if first[document] is not entry:
        return [Problem(entry.whole.line, "caregiver_dni", "dni_twice", (("line", first[document].whole.line),))]
    return []


def _same_children(entry: Entry, step: Step) -> list[Problem]:
    """Rows that would be refused one after the other: the case, or a row before, has that child already."""
    children = step.row.children if isinstance(step.row, Family) else []
    have: dict[object, tuple[object, int | None]] = {one.id: (intakes.known_by(one, {}), None) for one in children}
    found = []
    for row, (ref, child, fields) in zip(entry.rows, step.children, strict=False):  # none in a case that is left alone
        own, key = intakes.known_by(child, fields), child.id if child is not None else ref
        lines = [line for other, (known, line) in have.items() if known == own and other != key]
        if lines and have.get(key, ())[:1] != (own,):
            found.append(_same_child(row.line, lines[0]))
        have[key] = own, row.line
    return found


def _same_child(line: int, before: int | None) -> Problem:
    if before is None:
        return Problem(line, "child_name", "same_child")
    return Problem(line, "child_name", "child_twice", (("line", before),))


def _phones(entries: list[Entry]) -> list[Problem]:
    """A phone known from another case is worth a look: it may be the same family."""
    by_index = {
        Caregiver.phone.lookup(entry.shared["phone"]) or "": entry for entry in entries if "phone" in entry.shared
    }
    return [
        Problem(by_index[index].whole.line, "phone", "phone_known", (("code", family.code),))
        for index, family in known.with_phone(by_index).items()
    ]


def _moved_on(steps: list[Step]) -> list[Problem]:
    return [
        Problem(step.line, "family_ref", "family_moved_on", (("code", step.row.code),))
        for step in steps
        if step.outcome == ALONE and isinstance(step.row, Family) and step.row.status != "draft"
    ]
