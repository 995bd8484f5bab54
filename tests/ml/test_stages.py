"""How long stages took and how much memory a process held: its own, not that of whoever started it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from ml import stages
from ml.stages import Stages
from tests.bench import memory

LARGE = 300 * 2**20  # bytes


def test_a_stage_that_is_entered_again_goes_on() -> None:
    found = Stages()
    for _ in range(2):
        with found("read"):
            time.sleep(0.02)
    assert found.found["read"].seconds >= 0.04
    assert [line.split()[0] for line in found.lines()] == ["stage", "read"]
    assert found.plain()["read"]["peak_mb"] > 0


@pytest.mark.skipif(not stages.STATUS.exists(), reason="only Linux tells it")
def test_a_small_process_of_a_large_one_is_small() -> None:
    held = bytearray(LARGE)
    held[::4096] = b"1" * len(held[::4096])
    code = "from ml.stages import peak_mb; print(peak_mb())"
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own lines
    assert int(told.stdout) < 200 < stages.peak_mb()


@pytest.mark.skipif(not stages.STATUS.exists(), reason="only Linux tells it")
def test_memory_is_watched_with_that_of_whom_a_process_starts() -> None:
    inner = f"held = bytearray({LARGE}); held[::4096] = b'1' * len(held[::4096]); import time; time.sleep(1)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    with (
        subprocess.Popen([sys.executable, "-c", outer]) as process,  # noqa: S603 - our own lines
        memory.watched(process.pid) as peak,
    ):
        process.wait()
    assert peak.mb > LARGE / 2**20


def test_a_process_that_has_ended_has_nobody_below_it() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert memory.family(process.pid) == [process.pid]
