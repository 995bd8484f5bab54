"""A week's hours as people type them, in the matcher's canonical text."""

from __future__ import annotations

import re

from ml import schedule
from portal.errors import InvalidInputError

SPANISH = {
    "lun": "mon", "mar": "tue", "mié": "wed", "mie": "wed", "jue": "thu", "vie": "fri", "sáb": "sat", "sab": "sat",
    "dom": "sun",
}
_DAY = re.compile(r"\b(" + "|".join(SPANISH) + r")\w*\.?", re.IGNORECASE)


def read_hours(text: str) -> str:
    """`Lun-vie 7:00-18:00` → `mon-fri 07:00-18:00`; "" stays "". Raises InvalidInputError (`schedule_unreadable`)."""
    coded = _DAY.sub(lambda found: SPANISH[found[1].lower()], text or "")
    coded = re.sub(r"(?<!\d)(\d):", r"0\1:", coded.replace(" a ", "-"))
    try:
        return schedule.parse(coded).text()
    except schedule.ScheduleError:
        raise InvalidInputError("schedule_unreadable", {"schedule": ["schedule_unreadable"]}) from None
