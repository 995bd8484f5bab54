"""The background worker: `python -m portal.jobs`."""

from __future__ import annotations

from functools import partial

import click

from portal import create_app
from portal.config import Settings
from portal.events import QUEUES
from portal.jobs import periodic, queue, runner
from portal.jobs.queue import Work
from portal.services.matching import plan_parts
from portal.services.matching.vectors import encoder
from portal.watching import exposition, logs


def prepare(settings: Settings) -> None:
    """Make this process ready to do jobs: an application, and the encoder warm before the first job."""
    app = create_app(settings)
    queue.work_with(Work(runner.Runner(app), partial(periodic.take_turn, app), plan_parts.solve))
    encoder()


@click.command()
@click.option("--queues", default=",".join(QUEUES))
@click.option("--processes", default=1)
@click.option("--beat", is_flag=True)
@click.option("--only-beat", is_flag=True)
def main(queues: str, processes: int, beat: bool, only_beat: bool) -> None:
    """Work until told to end."""
    settings = Settings.from_environment()
    logs.configure(readable=settings.env == "demo")
    if settings.metrics_port:
        exposition.listen(settings.metrics_token, settings.metrics_host, settings.metrics_port)
    if settings.queue_url:
        network = queue.queue.open(settings)  # the application is made after the fork, in each process
        network.keep(periodic.SCHEDULE)
        network.beat() if only_beat else network.work(queues.split(","), processes, beat, partial(prepare, settings))
    else:
        prepare(settings)
        queue.queue.backend.keep(periodic.SCHEDULE)
        queue.queue.backend.work()


if __name__ == "__main__":
    main()
