"""`manage.py check` and `test`: every command must succeed, and what failed is shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from portal.commands import check, testing
from portal.commands.check import Check

GOOD = (sys.executable, "-c", "print('all is well')")
BAD = (sys.executable, "-c", "import sys; print('said'); print('and cried', file=sys.stderr); sys.exit(2)")


def test_a_check_that_passes_says_nothing() -> None:
    assert check.run(Check("x", (GOOD, GOOD))) is None


def test_the_first_command_that_fails_is_told_with_what_it_said() -> None:
    said = check.run(Check("x", (GOOD, BAD, GOOD)))
    assert said is not None
    assert {"said", "and cried"} <= set(said.splitlines())
    assert "all is well" not in said


def test_a_check_sees_its_own_environment() -> None:
    ask = (sys.executable, "-c", "import os; raise SystemExit(os.environ['AYNI_TEST'] != 'yes')")
    assert check.run(Check("x", (ask,), {"AYNI_TEST": "yes"})) is None
    assert check.run(Check("x", (ask,), {"AYNI_TEST": "no"})) is not None


@pytest.mark.parametrize(("command", "verdict"), [(GOOD, "ok"), (BAD, "FAILED")])
def test_a_check_is_reported_in_one_line(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], verdict: str
) -> None:
    passed = check.report(Check("lint", (command,)))
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"{verdict:<7} lint")
    assert passed == (verdict == "ok")


def test_every_check_of_the_issue_is_among_them(tmp_path: Path) -> None:
    found = {one.name: one for one in check.checks(tmp_path)}
    assert set(found) == {"lint", "import contracts", "sizes", "translations", "security", "migrations", "types"}
    steps = [command[-1] for command in found["migrations"].commands]
    assert steps == ["upgrade", "check", "base", "upgrade"]
    assert found["migrations"].environment["INSTANCE_PATH"] == str(tmp_path)


def test_a_program_of_the_environment_has_its_full_path() -> None:
    assert Path(check.tool("lint-imports")).is_absolute()
    assert check.tool("no-such-program") == "no-such-program"


@pytest.mark.parametrize(("source", "options", "status"), [
    ("def test_it() -> None: pass", (), 0), ("def test_it() -> None: raise AssertionError", (), 1), ("", (), 1),
    ("def test_it() -> None: pass", ("--no-such-option",), 2),
])
def test_the_exit_status_of_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, options: tuple[str, ...], status: int
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)  # what CI adds to the outer run
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(source, encoding="utf-8")
    of_its_own = ("-p", "xdist", "-n0", "-c", str(tmp_path / "pytest.ini"), str(tmp_path / "test_it.py"))
    assert testing.run_tests((*of_its_own, *options)) == status
