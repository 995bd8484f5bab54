"""Workers and the beat: what they are asked and cannot do is said, and the queue's address is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.commands.installation import new_secrets
from portal.config import Settings, SettingsError
from tests.portal.commands.conftest import Manage


@pytest.mark.parametrize(("arguments", "why"), [
    (("worker", "--queues", "bulk,nonsense"), "unknown: nonsense; there are: interactive, bulk, parts, training"),
    (("worker", "--queues", "bulk"), "without QUEUE_URL"), (("worker", "--processes", "2"), "without QUEUE_URL"),
    (("beat",), "without QUEUE_URL"),
])
def test_what_makes_no_sense_is_said(manage: Manage, arguments: tuple[str, ...], why: str) -> None:
    said = manage(*arguments, **new_secrets(), QUEUE_URL="")
    assert (said.exit_code, why in said.stderr) == (2, True)


def test_a_plan_is_shared_out_only_where_there_are_workers(manage: Manage, tmp_path: Path) -> None:
    for name in ("families.csv", "providers.csv"):
        (tmp_path / name).touch()
    files = [str(tmp_path / name) for name in ("families.csv", "providers.csv", "out.csv")]
    said = manage("match", *files[:2], "--out", files[2], "--workers", "2", QUEUE_URL="")
    assert (said.exit_code, "QUEUE_URL" in said.stderr) == (2, True)


def test_the_queue_may_be_named_by_a_file_that_holds_its_password(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("rediss://:a-password@redis:6379/0\n", encoding="utf-8")
    found = Settings.from_environment({**new_secrets(), "QUEUE_URL_FILE": str(tmp_path / "url")})
    assert found.queue_url == "rediss://:a-password@redis:6379/0"


def test_a_queue_that_is_no_redis_is_refused_without_telling_its_password() -> None:
    with pytest.raises(SettingsError, match="QUEUE_URL must begin") as refused:
        Settings.from_environment({**new_secrets(), "QUEUE_URL": "amqp://user:a-password@rabbit"})
    assert "a-password" not in str(refused.value)
