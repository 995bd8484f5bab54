"""The command line itself: every command is there, and what goes wrong is one line and an exit status."""

from __future__ import annotations

import click
import pytest

from portal.cli import COMMANDS, cli
from portal.config import SECRETS
from tests.portal.commands.conftest import Manage


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(manage: Manage, name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.name, bool(command.help)) == (name, True)
    done = manage(name, "--help")
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_the_help_lists_every_command(manage: Manage) -> None:
    said = manage("--help").stdout
    assert all(f"  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize("arguments", [("nonsense",), ("db", "nonsense"), ("serve", "--port", "99999"),
                                       ("mail", "x"), ("bench", "nonsense"), ("audit", "verify", "--nonsense")])
def test_wrong_usage_is_exit_status_two(manage: Manage, arguments: tuple[str, ...]) -> None:
    done = manage(*arguments)
    assert done.exit_code == 2
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize("arguments", [("audit", "verify"), ("db", "check"), ("keys", "rotate"), ("mail",), ("serve",)])
def test_without_secrets_a_command_says_so_in_one_line(manage: Manage, arguments: tuple[str, ...]) -> None:
    done = manage(*arguments, **dict.fromkeys(SECRETS, ""))
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert all(name in done.stderr for name in SECRETS)
    assert len(done.stderr.splitlines()) == 1


def test_the_benches_are_listed(manage: Manage) -> None:
    assert "web" in manage("bench", "--help").stdout
