"""`manage.py translations`: the catalogues beside the Spanish the interface is written in."""

from __future__ import annotations

from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from portal.config import ROOT

PORTAL = ROOT / "portal"
FOLDER = PORTAL / "translations"
COMPLETE = ("en",)  # languages that may not lack a message
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]


@click.group()
def translations() -> None:
    """Compile or check the translations."""


@translations.command("compile")
def compile_command() -> None:
    """Make the files the portal reads from the catalogues people edit."""
    click.echo(f"{compile_all()} catalogues compiled")


@translations.command()
def update() -> None:
    """Put the messages of the interface into every catalogue; new ones wait there for their words."""
    wanted = extract()
    for path in catalogues():
        catalogue = read(path)
        catalogue.update(wanted, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, sort_output=True, ignore_obsolete=True,
                     include_lineno=False)
        click.echo(f"{path.relative_to(ROOT).as_posix()}: {len(missing(catalogue, wanted))} messages lack words")


@translations.command()
def check() -> None:
    """Fail when a language that must be complete lacks a message, or a translation does not fit its message."""
    wanted = extract()
    faults = [fault for language in COMPLETE for fault in faults_of(language, wanted)]
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"{len(list(wanted))} messages, complete in {', '.join(COMPLETE)}")


def faults_of(language: str, wanted: Catalog) -> list[str]:
    """What is wrong with one language, a line each."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return [f"{language}: there is no catalogue"]
    catalogue = read(path)
    lacking = [f"{language}: no words for {message!r}" for message in missing(catalogue, wanted)]
    misfits = [f"{language}: {message.id!r}: {errors[0]}" for message, errors in catalogue.check()]
    return lacking + misfits


def missing(catalogue: Catalog, wanted: Catalog) -> list[str]:
    """The messages of the interface a catalogue has no words for."""
    return [str(message.id) for message in wanted if message.id and not has_words(catalogue, message)]


def has_words(catalogue: Catalog, message) -> bool:
    found = catalogue.get(message.id, message.context)
    if found is None or found.fuzzy:
        return False
    return all(found.string) if isinstance(found.string, (tuple, list)) else bool(found.string)


def extract() -> Catalog:
    """Every message of the interface."""
    wanted = Catalog(project="Ayni", charset="utf-8")
    for filename, line, message, comments, context in extract_from_dir(PORTAL, METHODS, keywords=KEYWORDS):
        wanted.add(message, None, [(f"portal/{Path(filename).as_posix()}", line)], auto_comments=comments,
                   context=context)
    return wanted


def catalogues() -> list[Path]:
    return sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def compile_all() -> int:
    """Compile each catalogue that changed since. Returns how many there were."""
    stale = [path for path in catalogues() if not is_compiled(path)]
    for path in stale:
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))
    return len(stale)


def is_compiled(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime
