"""Settings: no start without secrets, and one sentence that says which one and how to give it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import create_app
from portal.commands.installation import new_secrets
from portal.config import SECRETS, SHORTEST_SECRET, Settings, SettingsError


@pytest.fixture
def given_secrets(tmp_path: Path) -> dict[str, str]:
    return {"INSTANCE_PATH": str(tmp_path), **new_secrets()}


def test_production_is_what_nobody_named_otherwise(given_secrets: dict[str, str], tmp_path: Path) -> None:
    found = Settings.from_environment(given_secrets)
    assert (found.env, found.secure_cookies, found.testing) == ("production", True, False)
    assert found.database_url == found.owner_database_url == f"sqlite:///{tmp_path / 'ayni.db'}"


def test_webhooks_go_to_this_machine_in_a_demo_alone(given_secrets: dict[str, str]) -> None:
    asked = {**given_secrets, "WEBHOOK_LOCAL": "1"}
    with pytest.raises(SettingsError, match="WEBHOOK_LOCAL"):
        Settings.from_environment(asked)
    assert Settings.from_environment({**asked, "APP_ENV": "demo"}).webhook_local
    assert not Settings.from_environment(given_secrets).webhook_local


def test_without_secrets_nothing_starts_and_each_is_named() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({})
    assert all(name in str(refused.value) for name in SECRETS)
    assert "keys new" in str(refused.value)


@pytest.mark.parametrize("value", [None, "", "x" * (SHORTEST_SECRET - 1)])
@pytest.mark.parametrize("name", SECRETS)
def test_one_secret_that_lacks_or_is_short_is_enough(
    given_secrets: dict[str, str], name: str, value: str | None
) -> None:
    given_secrets.pop(name)
    with pytest.raises(SettingsError, match=name) as refused:
        Settings.from_environment({**given_secrets, **({} if value is None else {name: value})})
    assert not any(other in str(refused.value) for other in SECRETS if other != name)


def test_no_application_without_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    with pytest.raises(SettingsError):
        create_app()


def test_a_refusal_shows_no_secret(given_secrets: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({**given_secrets, "AUDIT_KEY": "not long enough"})
    assert not any(value in str(refused.value) for value in (*new_secrets().values(), "not long enough"))


def test_a_secret_may_stand_in_a_file(given_secrets: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "audit").write_text(given_secrets["AUDIT_KEY"] + "\n", encoding="utf-8")
    found = Settings.from_environment({**given_secrets, "AUDIT_KEY": "", "AUDIT_KEY_FILE": str(tmp_path / "audit")})
    assert found.audit_key == given_secrets["AUDIT_KEY"]


def test_a_file_that_is_not_there_is_named(given_secrets: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AUDIT_KEY_FILE"):
        Settings.from_environment({**given_secrets, "AUDIT_KEY_FILE": str(tmp_path / "nothing")})


@pytest.mark.parametrize(("name", "value", "field", "kept"), [
    ("TRUSTED_HOSTS", "ayni.example, www.ayni.example", "trusted_hosts", ("ayni.example", "www.ayni.example")),
    ("IDLE_MINUTES", "5", "idle_minutes", 5),
    ("UPLOAD_BYTES", "1024", "upload_bytes", 1024),
    ("SMTP_URL", "smtp://mail:587", "mail_folder", None),
    ("INSECURE_COOKIES", "1", "secure_cookies", False),
    ("INSECURE_COOKIES", "0", "secure_cookies", True),
    ("DATABASE_OWNER_URL", "sqlite:///owner.db", "owner_database_url", "sqlite:///owner.db"),
])
def test_what_is_given_counts(given_secrets: dict[str, str], name: str, value: str, field: str, kept: Any) -> None:
    assert getattr(Settings.from_environment({**given_secrets, name: value}), field) == kept


@pytest.mark.parametrize("name", ["IDLE_MINUTES", "ABSOLUTE_HOURS", "UPLOAD_BYTES", "PROXY_HOPS"])
def test_a_number_that_is_none_is_named(given_secrets: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.*'ten'"):
        Settings.from_environment({**given_secrets, name: "ten"})


def test_mails_are_files_where_there_is_no_server(given_secrets: dict[str, str], tmp_path: Path) -> None:
    assert Settings.from_environment(given_secrets).mail_folder == tmp_path / "mail"


@given(st.dictionaries(st.sampled_from(["IDLE_MINUTES", "UPLOAD_BYTES", "PROXY_HOPS"]), st.integers(1, 10**9)))
def test_the_rest_keeps_its_default(numbers: dict[str, int]) -> None:
    secrets = dict.fromkeys(SECRETS, "s" * SHORTEST_SECRET)
    found = Settings.from_environment({**secrets, **{name: str(value) for name, value in numbers.items()}})
    plain = Settings.from_environment(secrets)
    for field in ("idle_minutes", "upload_bytes", "proxy_hops", "absolute_hours"):
        assert getattr(found, field) == numbers.get(field.upper(), getattr(plain, field))


def test_a_cookie_over_https_is_bound_to_its_host(given_secrets: dict[str, str]) -> None:
    flask = Settings.from_environment(given_secrets).flask()
    assert (flask["SESSION_COOKIE_NAME"], flask["SESSION_COOKIE_SECURE"]) == ("__Host-ayni", True)
    assert (flask["SESSION_COOKIE_HTTPONLY"], flask["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")
    plain = Settings.from_environment({**given_secrets, "INSECURE_COOKIES": "1"}).flask()
    assert (plain["SESSION_COOKIE_NAME"], plain["SESSION_COOKIE_SECURE"]) == ("ayni", False)


def test_no_value_of_a_statement_is_logged(given_secrets: dict[str, str]) -> None:
    assert Settings.from_environment(given_secrets).flask()["SQLALCHEMY_ENGINE_OPTIONS"] == {"hide_parameters": True}


def test_the_example_lists_every_setting_with_its_default(given_secrets: dict[str, str]) -> None:
    names = runpy.run_path("instance/config.example.py")
    plain = Settings.from_environment(given_secrets)
    for field in ("idle_minutes", "absolute_hours", "upload_bytes", "request_bytes", "proxy_hops", "smtp_url",
                  "tile_url", "mail_sender"):
        assert names[field.upper()] == getattr(plain, field)
    assert names["SECRETS"] == SECRETS
    assert {"APP_ENV", "DATABASE_URL", "DATABASE_OWNER_URL", "PUBLIC_BASE_URL", "TRUSTED_HOSTS"} <= set(names)
