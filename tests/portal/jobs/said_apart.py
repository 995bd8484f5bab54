"""A process as a job starts one: it counts, breaks, waits, or lingers when all is said."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from portal.commands import apart

say = apart.begin()
print("a library's line")  # noqa: T201 - what must not arrive
what, folder = sys.argv[1], Path(sys.argv[2])
if what == "break":
    raise RuntimeError("broken")
if what == "wait":
    (folder / "pid").write_text(str(os.getpid()), encoding="utf-8")
    while True:
        time.sleep(0.1)
if what == "linger":
    say({"made": 3})
    time.sleep(2)
    (folder / "said").touch()
    while True:
        time.sleep(0.1)
for step in range(1, 4):
    say({"doing": "steps", "step": step, "steps": 3})
say({"made": 3})
