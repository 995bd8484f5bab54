"""Work in a process of its own: what it says arrives, it is killed when somebody asks to stop, and dies with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import ROOT
from portal.jobs import apart
from portal.jobs.keeper import CancelledError
from tests.waiting import until

PROGRAM = "tests.portal.jobs.said_apart"
PARENT = """
import sys
from portal.jobs import apart
apart.run("tests.portal.jobs.said_apart", "wait", sys.argv[1], tell=lambda *at: None)
"""


def is_alive(process: int) -> bool:
    """Zombies of others are none of ours."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def started(folder: Path) -> int:
    """The number of the process that waits."""
    until((folder / "pid").exists)
    until(lambda: (folder / "pid").read_text(encoding="utf-8"))
    return int((folder / "pid").read_text(encoding="utf-8"))


def test_what_it_says_arrives_in_order_and_what_libraries_print_does_not(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    found = apart.run(PROGRAM, "count", str(tmp_path), tell=lambda *at: heard.append(at))
    assert found == {"made": 3}
    assert [one for one in heard if one[0]] == [("steps", 1, 3), ("steps", 2, 3), ("steps", 3, 3)]


def test_a_process_that_breaks_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="without a result"):
        apart.run(PROGRAM, "break", str(tmp_path), tell=lambda *at: None)


def test_a_process_is_stopped_though_it_says_nothing(tmp_path: Path) -> None:
    def stop_once_it_runs(*at: object) -> None:
        if (tmp_path / "pid").exists():
            raise CancelledError

    with pytest.raises(CancelledError):
        apart.run(PROGRAM, "wait", str(tmp_path), tell=stop_once_it_runs)
    assert not is_alive(started(tmp_path))


def test_whoever_asks_to_stop_once_the_result_is_there_comes_too_late(tmp_path: Path) -> None:
    def stop_once_it_is_over(*at: object) -> None:
        if (tmp_path / "said").exists():
            raise CancelledError

    assert apart.run(PROGRAM, "linger", str(tmp_path), tell=stop_once_it_is_over) == {"made": 3}


def test_a_process_does_not_outlive_a_killed_worker(tmp_path: Path) -> None:
    worker = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT)  # noqa: S603 - our own lines
    process = started(tmp_path)
    assert is_alive(process)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    until(lambda: not is_alive(process))
    assert not is_alive(process)
