"""`python -m portal.commands.train_apart TENANT`: a training on behalf of a job of an NGO (`portal.jobs.train`)."""

from __future__ import annotations

import sys
import time
from typing import Any
from uuid import UUID

from ml.learn import commands
from ml.learn.commands import Run
from ml.learn.faults import LearnError
from ml.learn.folder import Dataset
from ml.learn.options import Options
from ml.learn.places import Places
from portal import clock, database, places
from portal.commands import apart
from portal.commands.apart import Say
from portal.commands.installation import application, environment
from portal.config import Settings
from portal.services import training
from portal.tenancy import acting_for
from portal.watching import logs

SEED = 7
OFTEN = 0.5  # seconds between two lines about the same


def main() -> None:
    """Say how far it is, and at last which version was made or why none could be."""
    say = apart.begin()
    settings = Settings.from_environment(environment())
    logs.configure(readable=settings.env == "demo")
    tenant = UUID(sys.argv[1])
    try:
        say({"doing": "decisions", "step": 0, "steps": 1})
        dataset = of(tenant)
        made, metrics = commands.train(dataset, settings.instance / "models", run(say, tenant))
    except LearnError as error:
        if not error.code:
            raise
        say({"reason": error.code, **error.values})
        return
    say({"version": made.name, "families": metrics["counts"]["families"], "rows": metrics["counts"]["rows"]})


def of(tenant: UUID) -> Dataset:
    """The decisions of an NGO, read without holding up who writes."""
    with application(), database.reading(), acting_for(tenant):
        return training.dataset()


def run(say: Say, tenant: UUID) -> Run:
    """How it is done, telling how far it is."""
    last: list[Any] = ["", 0.0]

    def tell(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what != last[0] or done == total or now - last[1] > OFTEN:
            last[:] = [what, now]
            say({"doing": what, "step": done, "steps": total})

    known, moment = Places(places.centres(), places.areas()), clock.now().isoformat(timespec="seconds")
    return Run(known, moment, Options(SEED, tell=tell), lambda line: None, str(tenant))


if __name__ == "__main__":
    main()
