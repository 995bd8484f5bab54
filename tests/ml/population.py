"""A small made-up population as the two CSV files, and as frames."""

from __future__ import annotations

import csv
import dataclasses
import random
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from ml import frames, schedule, schema
from ml.frames import Child, Children, Provider, Providers, Rules

ON = date(2026, 11, 23)
SCHEDULES = (
    "mon-fri 07:00-18:00", "mon-sat 05:00-14:00", "mon-fri 08:00-16:00; sat 08:00-13:00", "mon-fri 19:00-07:00",
    "mon-sun 00:00-24:00", "tue 09:30-12:15", "mon-sat 04:30-20:00",
)
STORIES = (
    "Trabajo en el mercado desde la madrugada. Busco a alguien que hable con paciencia a mi hija.",
    "Soy trabajadora del hogar. Necesito que le den de comer a sus horas y que jueguen con él.",
    "Mi niño es inquieto. Le gusta la música y salir al parque.",
    "",
)
PROFILES = (
    "Cuido niños en mi casa desde hace diez años. Les canto y les leo cuentos.",
    "Tenemos patio y huerta. Cocinamos comida casera todos los días.",
    "Abrimos de madrugada para las mamás que venden en el mercado.",
    "",
)
NEEDS = ((), (), (), ("asthma",), ("autism", "diet"))
LANGUAGES = (("es",), ("es", "quy"), ("quy", "es"), ("quz",))


def child(dice: random.Random, number: int) -> Child:
    """One child; two in three have a sibling with the number beside."""
    family = random.Random(number // 2)
    return Child(
        ref=f"c{number:04d}", family=f"f{number // 2:04d}" if number % 6 < 4 else f"s{number:04d}",
        birth=ON - timedelta(days=dice.randrange(60, 2400)), start=ON + timedelta(days=dice.randrange(60)),
        latitude=-12.0 + family.gauss(0, 0.03), longitude=-77.0 + family.gauss(0, 0.03),
        max_km=family.choice([1.0, 3.0, 8.0]), max_fee=family.choice([0.0, 120.0, 300.0]),
        together=family.random() < 0.7, needs=dice.choice(NEEDS), schedule=schedule.parse(dice.choice(SCHEDULES)),
        languages=family.choice(LANGUAGES),
    )


def provider(dice: random.Random, number: int) -> Provider:
    """One provider."""
    return Provider(
        ref=f"p{number:04d}", ubigeo="150132", status=dice.choice(["approved"] * 6 + ["in_vetting", "suspended"]),
        valid_until=dice.choice([None, *(ON + timedelta(days=30 * step) for step in range(1, 20))]),
        latitude=-12.0 + dice.gauss(0, 0.03), longitude=-77.0 + dice.gauss(0, 0.03),
        fee=dice.choice([0.0, 0.0, 90.0, 150.0, 350.0]), accepts_subsidy=dice.random() < 0.5,
        needs=dice.choice([(), ("asthma",), ("asthma", "autism", "diet")]),
        schedule=schedule.parse(dice.choice(SCHEDULES)), seats=[dice.randrange(4) for _ in frames.BANDS],
        languages=dice.choice(LANGUAGES),
    )


def people(children: int, providers: int, seed: int = 7) -> tuple[list[Child], list[Provider]]:
    """Rows of both sides; the same seed makes the same rows."""
    dice = random.Random(seed)
    return [child(dice, number) for number in range(children)], [provider(dice, number) for number in range(providers)]


def unclear(rows: Sequence[Child], others: Sequence[Provider], seed: int) -> tuple[list[Child], list[Provider]]:
    """The same people, with much that nobody knows and with what only some have: leaves, exclusions, a language."""
    dice = random.Random(seed)
    odd = dice.random

    def some(value: Any, other: Any, share: float = 0.15) -> Any:
        return other if odd() < share else value

    refs = [*(one.ref for one in others), "150199"]
    needs = [
        dataclasses.replace(
            row, latitude=some(row.latitude, None), max_km=some(row.max_km, None), max_fee=some(row.max_fee, None),
            schedule=some(row.schedule, schedule.Week()), languages=some(row.languages, ()),
            language_required=odd() < 0.4, excluded=some(frozenset(), frozenset(dice.sample(refs, 3)), 0.3),
        ) for row in rows
    ]
    offers = [
        dataclasses.replace(
            row, longitude=some(row.longitude, None), fee=some(row.fee, None), languages=some(row.languages, ()),
            schedule=some(row.schedule, schedule.Week()), ubigeo=some(row.ubigeo, "150199"),
            status=some(row.status, dice.choice(["conditional", "on_leave", "recertification_due", "closed"]), 0.3),
            away=some((None, None), (ON + timedelta(days=dice.randrange(40)), dice.choice([None, ON + timedelta(50)]))),
        ) for row in others
    ]
    return needs, offers


def rules(seed: int) -> Rules:
    """What an NGO may have decided."""
    dice = random.Random(seed)
    return Rules(
        dice.choice([0, 0, 30, 200]), dice.random() < 0.3, dice.choice([0.0, 60.0]),
        dice.choice([None, ON, ON + timedelta(days=45)]),
        frozenset(name for name in ("vetting", "hours", "fee", "distance", "language") if dice.random() < 0.4),
    )


def made(children: int, providers: int, seed: int = 7) -> tuple[Children, Providers]:
    """Frames of both sides."""
    rows, others = people(children, providers, seed)
    return frames.children(rows), frames.providers(others)


def family_row(row: Child, story: str = "") -> dict[str, str]:
    """The line of a child as in families_data.csv."""
    return {
        "family_ref": row.family, "child_ref": row.ref, "caregiver_name": "Rosa Quispe", "caregiver_dni": "",
        "phone": "", "language": ";".join(row.languages), "ubigeo": "150132", "latitude": str(row.latitude),
        "longitude": str(row.longitude), "max_distance_km": str(row.max_km), "max_monthly_fee_pen": str(row.max_fee),
        "sisfoh": "pobre", "siblings": "together" if row.together else "may_split", "story": story,
        "consent_services": "yes", "consent_matching": "yes", "consent_training": "no", "child_name": "Luz",
        "child_sex": "f", "child_birth_date": str(row.birth), "start_date": str(row.start),
        "child_special_needs": ";".join(row.needs), "schedule": row.schedule.text(),
    }


def provider_row(row: Provider, profile: str = "") -> dict[str, str]:
    """The line of a provider as in providers_data.csv."""
    return {
        "provider_ref": row.ref, "name": "Hogar Wawa", "kind": "home", "ubigeo": row.ubigeo,
        "latitude": str(row.latitude), "longitude": str(row.longitude), "languages": ";".join(row.languages),
        "monthly_fee_pen": str(row.fee), "accepts_subsidy": "yes" if row.accepts_subsidy else "no",
        "schedule": row.schedule.text(), "special_needs": ";".join(row.needs),
        **{f"seats_{band}": str(count) for band, count in zip(frames.BANDS, row.seats, strict=True)},
        "vetting_status": row.status, "vetting_valid_until": str(row.valid_until or ""), "profile": profile,
    }


def save(path: Path, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> Path:
    """Rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(columns))
        writer.writeheader()
        writer.writerows(rows)
    return path


def files(folder: Path, children: int, providers: int, seed: int = 7) -> tuple[Path, Path]:
    """Both files in a folder."""
    rows, others = people(children, providers, seed)
    needs = [family_row(row, STORIES[place // 2 % len(STORIES)]) for place, row in enumerate(rows)]
    offers = [provider_row(row, PROFILES[place % len(PROFILES)]) for place, row in enumerate(others)]
    return (
        save(folder / "families_data.csv", needs, list(schema.FAMILIES)),
        save(folder / "providers_data.csv", offers, list(schema.PROVIDERS)),
    )


def loaded_by(names: Sequence[str]) -> set[str]:
    """Every module that is there once these are imported; asked of a fresh process."""
    for name in names:
        import_module(name)
    return set(sys.modules)
