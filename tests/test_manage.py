"""`manage.py` itself, while the environment does not exist yet: one Python file, and one line for each trouble."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

MANAGE = Path(__file__).resolve().parents[1] / "manage.py"
OLDEST_THAT_READS_IT = (3, 7)


@pytest.fixture
def manage(tmp_path: Path) -> ModuleType:
    """A copy of the file in a folder of its own, with requirements and without an environment."""
    shutil.copy(MANAGE, tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements.txt").write_text("click==8.5.1 --hash=sha256:aa\nflask==3.1.3 --hash=sha256:bb\n")
    (tmp_path / "tests" / "requirements.txt").write_text("click==8.5.1 --hash=sha256:aa\npytest==9.2.0\n")
    specification = importlib.util.spec_from_file_location("manage_copy", tmp_path / "manage.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def pretend_installed(manage: ModuleType, *names: str) -> None:
    """An environment with a stamp for these requirements."""
    manage.PYTHON.parent.mkdir(parents=True)
    manage.PYTHON.touch()
    manage.STAMP.write_text(json.dumps({name: manage.locked(name) for name in names}), encoding="utf-8")


def test_an_older_python_can_read_the_file_up_to_its_version_check() -> None:
    tree = ast.parse(MANAGE.read_text(encoding="utf-8"), feature_version=OLDEST_THAT_READS_IT)
    checks = [node for node in tree.body if isinstance(node, ast.If) and "version_info" in ast.dump(node.test)]
    before = tree.body[: tree.body.index(checks[0])]
    assert all(isinstance(node, ast.Expr | ast.Import | ast.ImportFrom) for node in before)


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 8, 0), (2, 7, 18)])
def test_an_older_python_is_told_what_is_needed(manage: ModuleType, version: tuple[int, int, int]) -> None:
    run_as = f"import sys, runpy; sys.version_info = {version}; runpy.run_path({str(MANAGE)!r}, run_name='__main__')"
    progress = manage.Progress(0)
    assert manage.run([sys.executable, "-c", run_as], progress) == 1
    assert "".join(progress.last) == f"Ayni needs Python 3.11 or newer; this is Python {version[0]}.{version[1]}.\n"


def test_it_needs_the_standard_library_alone() -> None:
    tree = ast.parse(MANAGE.read_text(encoding="utf-8"))
    names = {alias.name.partition(".")[0] for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_without_an_environment_nothing_is_ready(manage: ModuleType) -> None:
    assert manage.installed() == {}
    assert not manage.is_ready(manage.PRODUCT)


@pytest.mark.parametrize("stamp", [
    "[1]", '["x"]', '"requirements.txt"', "7", "null", '[["requirements.txt", "x"]]', "{", '{"requirements.txt": ', "",
    "not JSON",
])
def test_a_stamp_that_is_none_says_nothing(manage: ModuleType, stamp: str) -> None:
    pretend_installed(manage, manage.PRODUCT)
    manage.STAMP.write_text(stamp, encoding="utf-8")
    assert manage.installed() == {}
    assert not manage.is_ready(manage.PRODUCT)


def test_a_stamp_says_what_is_installed(manage: ModuleType) -> None:
    pretend_installed(manage, manage.PRODUCT)
    assert manage.is_ready(manage.PRODUCT)
    assert not manage.is_ready(manage.TESTING)


def test_other_requirements_are_installed_anew(manage: ModuleType) -> None:
    pretend_installed(manage, manage.PRODUCT, manage.TESTING)
    (manage.ROOT / manage.PRODUCT).write_text("flask==3.1.4 --hash=sha256:cc\n")
    assert not manage.is_ready(manage.PRODUCT)
    assert manage.is_ready(manage.TESTING)


def test_a_stamp_without_its_python_counts_nothing(manage: ModuleType) -> None:
    pretend_installed(manage, manage.PRODUCT)
    manage.PYTHON.unlink()
    assert not manage.is_ready(manage.PRODUCT)


@pytest.mark.parametrize(("arguments", "needed"), [
    (["demo"], "PRODUCT"), ([], "PRODUCT"), (["--help"], "PRODUCT"), (["match", "a", "b"], "PRODUCT"),
    (["test"], "TESTING"), (["check"], "TESTING"), (["bench", "web"], "TESTING"),
])
def test_only_tests_need_what_tests_need(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], needed: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(manage, "make_ready", asked.append)
    monkeypatch.setattr(manage, "hand_over", lambda arguments: 7)
    assert manage.main(arguments) == 7
    assert asked == [getattr(manage, needed)]


def test_what_is_ready_is_not_made_again(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(manage, manage.PRODUCT)
    monkeypatch.setattr(manage, "make_ready", None)  # calling it would fail
    monkeypatch.setattr(manage, "hand_over", lambda arguments: len(arguments))
    assert manage.main(["demo", "--reset"]) == 2


def test_too_small_a_disk_is_one_line(manage: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    manage.DISK = 2**62
    assert manage.main(["demo"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"\d+ GB of free disk space are needed in .*, there are [\d.]+\.\n", said.err)
    assert not manage.VENV.exists()


def test_a_python_without_venv_is_told_how_to_get_it(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(manage.importlib.util, "find_spec", lambda name: None)
    assert manage.main(["demo"]) == 1
    assert capsys.readouterr().err == f"Python's venv is missing; install it with: {manage.system_command()}\n"


def test_an_interruption_says_how_it_goes_on(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(manage, "make_ready", interrupt)
    assert manage.main(["demo"]) == 1
    assert "goes on where it stopped" in capsys.readouterr().err


def test_what_is_installed_is_stamped_after_it_was(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that fails leaves no stamp, not even the one before."""
    pretend_installed(manage, manage.PRODUCT, manage.TESTING)

    def fail(name: str) -> None:
        raise manage.SetupError("no network")

    monkeypatch.setattr(manage, "install", fail)
    with pytest.raises(manage.SetupError):
        manage.make_ready(manage.PRODUCT)
    assert manage.installed() == {}
    monkeypatch.setattr(manage, "install", lambda name: None)
    manage.make_ready(manage.TESTING)
    assert manage.is_ready(manage.TESTING)
    assert manage.is_ready(manage.PRODUCT)  # its packages are among those of the tests


def test_installing_falls_back_to_pip_and_says_when_that_fails_too(
    manage: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    manage.PYTHON = Path(sys.executable)  # which refuses what has no such hash, without asking anybody
    (manage.ROOT / manage.PRODUCT).write_text("./nothing-here --hash=sha256:aa\n")
    with pytest.raises(manage.SetupError, match="goes on where it stopped"):
        manage.install(manage.PRODUCT)
    assert capsys.readouterr().out == ""


def test_packages_are_counted_once(manage: ModuleType) -> None:
    assert manage.how_many(manage.PRODUCT) == 2
    twice = "a==1 ; sys_platform == 'linux'\na==1 ; sys_platform == 'win32'\n# b==2\n"
    (manage.ROOT / manage.PRODUCT).write_text(twice, encoding="utf-8")
    assert manage.how_many(manage.PRODUCT) == 1


def test_an_installer_is_heard_and_its_status_is_kept(manage: ModuleType) -> None:
    says = "print('Collecting flask'); print('  Downloading flask-3.whl (1 MB)'); raise SystemExit(5)"
    progress = manage.Progress(0)
    assert manage.run([sys.executable, "-c", says], progress) == 5
    assert progress.doing == "Downloading flask-3.whl"
    assert progress.last == ["Collecting flask\n", "  Downloading flask-3.whl (1 MB)\n"]


def test_what_was_heard_last_is_kept_and_no_more(manage: ModuleType) -> None:
    progress = manage.Progress(3)
    for number in range(100):
        progress.hear(f"line {number}\n")
    assert (progress.last[-1], len(progress.last)) == ("line 99\n", 41)
    assert progress.doing == "starting"


def test_the_requirements_are_locked_by_hashes() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        text = (MANAGE.parent / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^[A-Za-z0-9._-]+==\S+", text, re.MULTILINE)
        assert len(pinned) > 50
        blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in block for block in blocks)


def test_the_tests_have_every_package_of_the_product_in_the_same_version() -> None:
    product, testing = (
        dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (MANAGE.parent / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "tests/requirements.txt")
    )
    assert product.items() <= testing.items()
