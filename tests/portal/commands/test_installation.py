"""Which installation a command works on, and that a demo's is never taken for production's."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from portal.commands import demo, installation
from portal.commands.installation import DEMO, demo_keys, environment, make_demo_keys
from portal.config import ROOT, SECRETS, Settings, SettingsError
from portal.demo import people
from portal.policy import GIVEN_BY_ADMIN
from tests.portal.commands.conftest import Manage


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process that knows its instance folder and nothing else."""
    for name in (*SECRETS, "APP_ENV", "DATABASE_URL", "DATABASE_OWNER_URL", "DEMO_PASSWORD", "INSECURE_COOKIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    return tmp_path


def database(path: Path, marked: bool) -> Path:
    """An embedded database, with or without the mark of the demo."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE platform_mark (name TEXT, value TEXT)")
        if marked:
            file.execute("INSERT INTO platform_mark VALUES ('demo', '7')")
        file.commit()
    return path


def test_the_keys_of_the_demo_are_made_once_for_their_owner_alone(clean: Path) -> None:
    make_demo_keys(clean)
    before = {path.name: path.read_text(encoding="utf-8") for path in demo_keys(clean).iterdir()}
    make_demo_keys(clean)
    assert {path.name: path.read_text(encoding="utf-8") for path in demo_keys(clean).iterdir()} == before
    assert set(before) == set(SECRETS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in demo_keys(clean).iterdir()} == {0o600}
    assert stat.S_IMODE(demo_keys(clean).stat().st_mode) == 0o700


def test_where_a_demo_made_keys_the_demo_is_meant(clean: Path) -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment(environment())
    make_demo_keys(clean)
    found = Settings.from_environment(environment("192.0.2.1", 8123))
    assert (found.env, found.public_base_url) == (DEMO, "http://192.0.2.1:8123")
    assert found.trusted_hosts == ("192.0.2.1", "127.0.0.1", "localhost", "[::1]")
    assert not found.secure_cookies


def test_an_installation_that_has_a_name_never_takes_the_demos_keys(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_demo_keys(clean)
    monkeypatch.setenv("APP_ENV", "production")
    with pytest.raises(SettingsError):
        Settings.from_environment(environment())


def test_what_the_environment_says_goes_before_the_demo(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo_keys(clean)
    monkeypatch.setenv("AUDIT_KEY", "a" * 40)
    monkeypatch.setenv("PUBLIC_BASE_URL", "http://ayni.local")
    found = Settings.from_environment(environment())
    assert (found.audit_key, found.public_base_url) == ("a" * 40, "http://ayni.local")


@pytest.mark.parametrize(("marked", "env", "refused"), [
    (True, "production", True), (True, DEMO, False), (False, "production", False), (None, "production", False),
])
def test_production_does_not_start_on_a_database_of_the_demo(
    clean: Path, monkeypatch: pytest.MonkeyPatch, marked: bool | None, env: str, refused: bool
) -> None:
    if marked is not None:
        database(clean / "ayni.db", marked)
    for name, value in {**installation.new_secrets(), "APP_ENV": env}.items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environment()
    if refused:
        with pytest.raises(SettingsError, match="known passwords"):
            installation.refuse_demo_in_production(settings)
    else:
        installation.refuse_demo_in_production(settings)


def test_what_is_no_database_is_not_of_the_demo(clean: Path) -> None:
    (clean / "ayni.db").write_text("no database", encoding="utf-8")
    assert not installation.is_marked_demo(clean / "ayni.db")
    assert installation.embedded_file("sqlite:////x/ayni.db") == Path("/x/ayni.db")
    assert installation.embedded_file("postgresql+psycopg://a@b/c") is None


def test_the_command_of_the_demo_is_no_command_of_production(manage: Manage) -> None:
    done = manage("demo")
    assert done.exit_code == 1
    assert "not a demo" in done.stderr


def test_starting_over_removes_what_the_demo_made_and_nothing_else(clean: Path) -> None:
    make_demo_keys(clean)
    made = [database(clean / "ayni.db", True), clean / "jobs.db", clean / "uploads" / "a", clean / "mail" / "b.eml"]
    for path in made[1:]:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (clean / "notes.txt").touch()
    demo.remove_demo(clean, always=False)
    assert all(path.exists() for path in made)
    demo.remove_demo(clean, always=True)
    assert not any(path.exists() for path in made)
    assert {path.name for path in clean.iterdir()} == {"demo-keys", "notes.txt"}


def test_starting_over_removes_the_database_wherever_it_is(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo_keys(clean)
    (clean / "elsewhere").mkdir()
    other = database(clean / "elsewhere" / "other.db", True)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{other}")
    demo.remove_demo(clean, always=True)
    assert not other.exists()


def test_a_loading_that_was_interrupted_is_started_over(clean: Path) -> None:
    make_demo_keys(clean)
    database(clean / "ayni.db", marked=False)
    demo.unfinished(clean).touch()
    demo.remove_demo(clean, always=False)
    assert not (clean / "ayni.db").exists()
    assert not demo.is_unfinished(clean)


def test_a_database_of_somebody_else_is_not_removed(clean: Path) -> None:
    make_demo_keys(clean)
    path = database(clean / "ayni.db", marked=False)
    with pytest.raises(demo.click.ClickException, match="not made by the demo"):
        demo.remove_demo(clean, always=True)
    with pytest.raises(demo.click.ClickException, match="not made by the demo"):
        demo.load(clean, 7)
    assert path.exists()


def test_a_database_of_a_server_is_not_removed(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo_keys(clean)
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://ayni@localhost/ayni")
    demo.remove_demo(clean, always=False)
    with pytest.raises(demo.click.ClickException, match="embedded database only"):
        demo.remove_demo(clean, always=True)


def test_the_password_of_the_demo_is_made_up_once(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo_keys(clean)
    first = demo.keep_password(clean)
    assert demo.keep_password(clean) == first
    assert len(first) == len("ayni-0000-0000-0000")
    monkeypatch.setenv("DEMO_PASSWORD", "otra clave larga")
    assert demo.keep_password(clean) == first


def test_a_password_that_was_given_counts_for_a_new_database(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo_keys(clean)
    monkeypatch.setenv("DEMO_PASSWORD", "una clave larga")
    assert demo.keep_password(clean) == "una clave larga"
    assert all(account in demo.welcome("http://x", "una clave larga") for account in demo.ACCOUNTS)


def test_an_account_of_each_role_is_made_printed_and_in_the_readme() -> None:
    roles = {f"{account}@{ngo}.example": role for ngo, staff in people.STAFF.items() for account, _, role in staff}
    told = set(demo.ACCOUNTS) - {"operator@platform.example"}
    assert told <= set(roles)
    for ngo in people.NGOS:
        assert {roles[one] for one in told if one.endswith(f"@{ngo}.example")} == set(GIVEN_BY_ADMIN)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [account for account in demo.ACCOUNTS if f"`{account}`" not in readme] == []
