"""`manage.py models`, `promote`, `rollback`, `train` and `evaluate`: what they say, and their exit statuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ml.learn import registry
from portal.cli import cli
from tests.ml.learn import market, shelf


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command of an installation of its own."""
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    return run


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_good_version_is_promoted_and_rolled_back(call, models):
    name = shelf.put(models, shelf.scorer()).name
    assert call("promote", name).exit_code == 0
    assert f"* {name}" in call("models").output
    assert call("rollback").exit_code == 0
    listed = call("models").output
    assert "* prior-2" in listed
    assert listed.index("promote ") < listed.index("rollback ")


def test_a_closed_gate_refuses_and_a_reason_opens_it(call, models):
    name = shelf.put(models, shelf.scorer(), {**shelf.GOOD, "swap": {}}).name
    refused = call("promote", name)
    assert (refused.exit_code, registry.promoted(models)) == (1, registry.PRIOR)
    assert "swap test" in refused.output
    assert call("promote", name, "--force", "checked by hand").exit_code == 0
    assert "forced: checked by hand" in call("models").output


def test_an_open_gate_keeps_no_reason(call, models):
    name = shelf.put(models, shelf.scorer()).name
    call("promote", name, "--force", "just in case")
    assert registry.history(models)[0].reason == ""


@pytest.mark.parametrize("arguments", [("promote", "additive-none"), ("rollback",), ("promote", "../..")])
def test_what_cannot_be_done_is_one_line(call, arguments):
    found = call(*arguments)
    assert found.exit_code == 1
    assert len(found.output.strip().splitlines()) == 1


def test_a_changed_version_is_shown_and_not_promoted(call, models):
    folder = shelf.put(models, shelf.scorer())
    (folder / registry.METRICS).write_text("{}", encoding="utf-8")
    assert "REFUSED" in call("models").output
    assert call("promote", folder.name).exit_code == 1


@pytest.mark.parametrize("arguments", [("train",), ("train", ".", "--tenant", "semilla"), ("train", "no-such-folder"),
                                       ("evaluate",), ("promote",)])
def test_wrong_usage_is_status_two(call, arguments):
    assert call(*arguments).exit_code == 2


def test_a_folder_without_files_is_one_line_and_leaves_nothing(call, models, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    found = call("train", str(empty))
    assert found.exit_code == 1
    assert "decisions.csv" in found.output
    assert not models.exists()


def test_too_few_decisions_are_one_line_and_leave_nothing(call, models, tmp_path):
    found = call("train", str(market.folder(tmp_path / "few", 20, 30)))
    assert found.exit_code == 1
    assert "families" in found.output
    assert not models.exists()


@pytest.fixture
def installed(app, prepared, call, monkeypatch):
    """The same, on a portal with two NGOs."""
    found = {"APP_ENV": "test", "INSECURE_COOKIES": "1", "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    for name, value in {**found, **prepared.secrets}.items():
        monkeypatch.setenv(name, value)
    return call


@pytest.mark.parametrize(("slug", "status", "words"), [("semilla", 1, "consented"), ("nobody", 2, "no NGO")])
def test_an_ngo_without_decisions_teaches_nothing(installed, models, slug, status, words):
    found = installed("train", "--tenant", slug)
    assert found.exit_code == status
    assert words in found.output
    assert not models.exists()
