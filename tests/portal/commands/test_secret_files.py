"""`manage.py keys new --into`: a file for each secret, made once, and what the services of a network share."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import make_url

from portal.commands import secret_files
from portal.config import SECRETS, Settings, SettingsError
from tests.portal.commands.conftest import Manage


def in_files(folder: Path, *names: str) -> dict[str, str]:
    return {f"{name}_FILE": str(folder / name) for name in names}


def test_secrets_in_files_are_fit_for_an_installation(manage: Manage, tmp_path: Path) -> None:
    done = manage("keys", "new", "--into", str(tmp_path / "here"))
    assert (done.exit_code, done.stdout) == (0, f"{len(SECRETS)} files in {tmp_path / 'here'}\n")
    found = Settings.from_environment({"INSTANCE_PATH": str(tmp_path), **in_files(tmp_path / "here", *SECRETS)})
    assert found.master_keys == (tmp_path / "here" / "MASTER_KEYS").read_text(encoding="utf-8").strip()
    assert found.secret_key not in done.stdout


def test_the_folder_opens_for_its_owner_alone(tmp_path: Path) -> None:
    secret_files.write(tmp_path / "here", {"A": "x"})
    assert stat.S_IMODE((tmp_path / "here").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "here" / "A").stat().st_mode) == 0o444


def test_a_secret_is_made_once(manage: Manage, tmp_path: Path) -> None:
    secret_files.write(tmp_path, {"AUDIT_KEY": "the one there is"})
    done = manage("keys", "new", "--into", str(tmp_path))
    assert done.exit_code == 1
    assert "AUDIT_KEY" in done.output
    assert [path.name for path in tmp_path.iterdir() if path.name in SECRETS] == ["AUDIT_KEY"]
    assert (tmp_path / "AUDIT_KEY").read_text(encoding="utf-8") == "the one there is\n"


def test_a_network_needs_a_folder(manage: Manage) -> None:
    assert manage("keys", "new", "--network", "ayni.example").exit_code == 2


def test_a_network_has_the_names_that_compose_asks_for_beside_its_secrets(manage: Manage, tmp_path: Path) -> None:
    done = manage("keys", "new", "--into", str(tmp_path / "secrets"), "--network", "ayni.example")
    assert done.exit_code == 0
    text = (tmp_path / ".env").read_text(encoding="utf-8")
    assert text == secret_files.settings("ayni.example")
    assert "AYNI_HOST=ayni.example\n" in text


def test_what_was_changed_beside_the_secrets_stays(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AYNI_VERSION=7\n", encoding="utf-8")
    assert manage("keys", "new", "--into", str(tmp_path / "secrets"), "--network", "ayni.example").exit_code == 0
    assert (tmp_path / ".env").read_text(encoding="utf-8") == "AYNI_VERSION=7\n"


def test_addresses_hold_the_passwords_of_their_services() -> None:
    made = secret_files.network("ayni.example")
    assert make_url(made["DATABASE_URL"]).password == made["DATABASE_APP_PASSWORD"]
    assert make_url(made["DATABASE_OWNER_URL"]).password == made["DATABASE_OWNER_PASSWORD"]
    assert made["QUEUE_CONFIG"] == f"requirepass {make_url(made['QUEUE_URL']).password}"
    passwords = {made[name] for name in made if name.endswith(("PASSWORD", "TOKEN", "PASSPHRASE"))}
    assert len(passwords) == 6
    assert all(len(one) >= 32 for one in passwords)


def test_the_certificate_is_for_the_host_and_fits_its_key() -> None:
    certificate, key = secret_files.self_signed("ayni.example")
    found = x509.load_pem_x509_certificate(certificate.encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["ayni.example"]
    assert found.public_key() == load_pem_private_key(key.encode(), None).public_key()
    assert found.not_valid_after_utc - found.not_valid_before_utc == secret_files.VALID


@pytest.mark.parametrize(("name", "field"), [
    ("DATABASE_URL", "database_url"), ("DATABASE_OWNER_URL", "owner_database_url"), ("SMTP_URL", "smtp_url"),
])
def test_an_address_may_stand_in_a_file(tmp_path: Path, name: str, field: str) -> None:
    secret_files.write(tmp_path, {**dict.fromkeys(SECRETS, "s" * 32), name: "scheme://user:password@host"})
    given = {"INSTANCE_PATH": str(tmp_path), **in_files(tmp_path, *SECRETS, name)}
    assert getattr(Settings.from_environment(given), field) == "scheme://user:password@host"


def test_an_empty_file_is_no_address(tmp_path: Path) -> None:
    secret_files.write(tmp_path, {**dict.fromkeys(SECRETS, "s" * 32), "SMTP_URL": ""})
    found = Settings.from_environment({"INSTANCE_PATH": str(tmp_path), **in_files(tmp_path, *SECRETS, "SMTP_URL")})
    assert found.mail_folder == tmp_path / "mail"


def test_an_address_in_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    given = {**dict.fromkeys(SECRETS, "s" * 32), "DATABASE_URL_FILE": str(tmp_path / "nothing")}
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE"):
        Settings.from_environment(given)
