"""The commands behind `manage.py`. A command's module is read when the command is asked for, so that the help is quick
and only the matcher's own commands pay for the matcher."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import click

from portal.config import SettingsError
from portal.errors import PortalError


@dataclass(frozen=True)
class Entry:
    """Where a command is, and its line in the help."""

    place: str  # module of portal.commands : name in it
    help: str


COMMANDS = {
    "demo": Entry("demo:demo", "Start the portal with a demo network of two NGOs."),
    "test": Entry("testing:test", "Run the whole test suite."),
    "check": Entry("check:check", "Lint, import contracts, types, sizes, tests, migrations: what CI runs."),
    "bench": Entry("bench:bench", "Each figure of the README, beside its peer, in one run."),
    "match": Entry("matcher:match", "Suggest providers for families, from two CSV files."),
    "embed": Entry("matcher:embed", "Turn texts, one a line, into vectors."),
    "encoder": Entry("encoder:encoder", "Teach, export and measure the encoder and its judge."),
    "train": Entry("learning:train", "Train the score on decisions and measure it beside its baselines."),
    "evaluate": Entry("learning:evaluate", "Measure a version of the score: metrics.json and report.html."),
    "models": Entry("versions:models", "List the versions of the score and which one ranks."),
    "promote": Entry("versions:promote", "Let a version of the score rank."),
    "rollback": Entry("versions:rollback", "Let the version before rank again."),
    "synth": Entry("matcher:population", "Make a synthetic population of families and providers."),
    "import": Entry("importing:importing", "Bring families or providers in from a file."),
    "serve": Entry("serving:serve", "Start the portal alone."),
    "worker": Entry("serving:worker", "Start the background worker alone."),
    "beat": Entry("serving:beat", "Keep the schedule alone, where workers share a queue."),
    "db": Entry("database:db", "Upgrade, downgrade or check the database."),
    "backup": Entry("backup:backup", "Back up database, uploads and versions into one sealed file."),
    "restore": Entry("backup:restore", "Restore a backup into an empty place."),
    "drill": Entry("drill:drill", "Kill processes under load and see whether anything is lost."),
    "audit": Entry("audit:audit", "Verify the audit trail."),
    "operator": Entry("operator:operator", "Make an operator of the platform: the first account there is."),
    "keys": Entry("keys:keys", "Make or rotate the encryption keys."),
    "places": Entry("places:places", "Make the table of districts again from its sources."),
    "mail": Entry("mail:mail", "Read the mails a portal without a mail server has written."),
    "translations": Entry("translations:translations", "Compile or check the translations."),
}
OURS = ("portal", "ml")  # what is missing of these is a fault, not a smaller image


class Commands(click.Group):
    """The commands by name; what one of them refuses is one line on stderr and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].place.partition(":")
        try:
            return getattr(import_module(f"portal.commands.{module}"), attribute)
        except ModuleNotFoundError as error:
            lacking = (error.name or "").partition(".")[0]
            if lacking in OURS:
                raise
            raise click.ClickException(
                f"`{name}` needs the package {lacking}, which is not installed here. Each image holds what its own "
                "processes need: try the worker's or the trainer's. A checkout's `python3 manage.py` installs all."
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SettingsError, PortalError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Ayni, the child care exchange portal."""


if __name__ == "__main__":  # in an image, where nothing is left for manage.py to prepare: python -m portal.cli
    cli(prog_name="manage.py")
