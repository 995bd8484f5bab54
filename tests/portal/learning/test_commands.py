"""`manage.py models`, `promote`, `rollback`, `train` and `evaluate`: what they say, and their exit statuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from ml.learn import registry, seen
from portal import tenancy
from portal.audit import AuditEvent
from portal.cli import cli
from portal.commands.learning import say_seen
from portal.extensions import db
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


@pytest.mark.parametrize(("low", "doubts"), [(-0.01, True), (0.01, False)])
def test_who_promotes_is_told_of_a_gain_that_may_be_chance(call, models, low, doubts):
    less = {"value": 0.02, "low": low, "high": 0.05}
    folder = shelf.put(models, shelf.scorer(), {**shelf.GOOD, "validation": {"less_prior": less}}, less)
    told = f"+0.0200 [{low:+.4f}, +0.0500]"
    listed = call("models").output
    assert told in listed
    assert ("not told apart" in listed) == doubts
    promoted = call("promote", folder.name)
    assert (promoted.exit_code, registry.promoted(models)) == (0, folder.name)
    assert ("not told apart from the prior" in promoted.stderr) == doubts
    assert (told in promoted.stderr) == doubts


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


@pytest.mark.parametrize(("how", "words"), [
    (seen.SAME_SPLIT, "by seed 11"), (seen.LEFT_OUT, "31 families (244 decisions) that the version learned from"),
    (seen.NOT_KNOWN, "is not known"), (seen.NOTHING, ""),
])
def test_the_terminal_says_whether_the_version_saw_the_families(capsys, how, words):
    say_seen({"seed": 11, "seen": {"how": how, "families_left_out": 31, "rows_left_out": 244}})
    found = capsys.readouterr().out
    assert words in found
    assert bool(found) == bool(words)


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


def trail(app, ngo):
    """(action, author, reason) of what the NGO's trail says of the score."""
    with app.app_context(), tenancy.acting_for(ngo.id):
        wanted = select(AuditEvent).where(AuditEvent.subject_type == "model").order_by(AuditEvent.number)
        return [(one.action, one.author_name, one.reason) for one in db.session.scalars(wanted)]


def test_every_trail_knows_what_the_command_line_did(app, semilla, wasi, installed, models):
    name = shelf.put(models, shelf.scorer(), {**shelf.GOOD, "swap": {}}).name
    assert installed("promote", name).exit_code == 1
    assert trail(app, wasi) == []
    for arguments in (("promote", name, "--force", "checked by hand"), ("rollback",)):
        assert installed(*arguments).exit_code == 0
    who = "línea de comandos"
    expected = [("promote", who, f"{name}: checked by hand"), ("rollback", who, registry.PRIOR)]
    assert (trail(app, semilla), trail(app, wasi)) == (expected, expected)
    assert [(one.action, one.version) for one in registry.history(models)] == [
        ("promote", name), ("rollback", registry.PRIOR),
    ]
    assert installed("audit", "verify").exit_code == 0


def test_nothing_to_go_back_to_leaves_no_trail(app, semilla, installed):
    assert installed("rollback").exit_code == 1
    assert trail(app, semilla) == []


@pytest.mark.parametrize(("missing", "words"), [("AUDIT_KEY", "AUDIT_KEY"), ("DATABASE_URL", "does not answer")])
def test_where_no_trail_can_be_told_nothing_is_promoted(installed, models, monkeypatch, missing, words):
    name = shelf.put(models, shelf.scorer()).name
    nowhere = "postgresql+psycopg://ayni@127.0.0.1:1/ayni"
    monkeypatch.setenv(missing, nowhere if missing == "DATABASE_URL" else "")
    found = installed("promote", name)
    assert (found.exit_code, registry.promoted(models)) == (1, registry.PRIOR)
    assert words in found.output
    assert len(found.output.strip().splitlines()) == 1


def test_the_keys_of_a_database_that_lies_here_are_asked_for(call, models, tmp_path):
    (tmp_path / "ayni.db").touch()
    name = shelf.put(models, shelf.scorer()).name
    found = call("promote", name)
    assert (found.exit_code, "AUDIT_KEY" in found.output) == (1, True)
    assert registry.promoted(models) == registry.PRIOR


def test_an_installation_that_has_no_tables_yet_has_nobody_to_tell(call, models, prepared, monkeypatch, tmp_path):
    for name, value in {"APP_ENV": "test", "INSECURE_COOKIES": "1", **prepared.secrets}.items():
        monkeypatch.setenv(name, value)
    version = shelf.put(models, shelf.scorer()).name
    assert call("promote", version).exit_code == 0
    assert not (tmp_path / "ayni.db").exists()
    (tmp_path / "ayni.db").touch()
    assert call("rollback").exit_code == 0
    assert registry.promoted(models) == registry.PRIOR
