"""A week's hours as people type them, in the matcher's canonical text."""

from __future__ import annotations

import re

from ml import schedule
from portal.errors import InvalidInputError
from portal.services.matching import convert

SPANISH = {
    "lun": "mon", "mar": "tue", "mié": "wed", "mie": "wed", "jue": "thu", "vie": "fri", "sáb": "sat", "sab": "sat",
    "dom": "sun",
}
_DAY = re.compile(r"\b(" + "|".join(SPANISH) + r")\w*\.?", re.IGNORECASE)


def weekdays(text: str) -> frozenset[int]:
    """The days on which a canonical schedule has care begin, 0 for Monday; every day where it says none."""
    return frozenset(day for day, _, _ in convert.week(text).intervals()) or frozenset(range(7))


def read_hours(text: str) -> str:
    """`Lun-vie 7:00-18:00` → `mon-fri 07:00-18:00`; "" stays "". Raises InvalidInputError (`schedule_unreadable`)."""
    coded = _DAY.sub(lambda found: SPANISH[found[1].lower()], text or "")
    coded = re.sub(r"(?<!\d)(\d):", r"0\1:", coded.replace(" a ", "-"))
    try:
        return schedule.parse(coded).text()
    except schedule.ScheduleError:
        raise InvalidInputError("schedule_unreadable", {"schedule": ["schedule_unreadable"]}) from None
