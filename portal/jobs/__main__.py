"""The background worker: `python -m portal.jobs`."""

from __future__ import annotations

from huey import crontab
from huey.consumer import Consumer

from portal import create_app
from portal.config import Settings
from portal.jobs import handlers, periodic
from portal.jobs.queue import queue, run_with
from portal.services.matching.vectors import encoder
from portal.watching import exposition, logs

POLL = 0.2  # seconds between two looks at the queue, at most: a suggestion is awaited on screen

QUARTER = crontab(minute="*/15")
NIGHT = crontab(hour="8", minute="0")  # UTC: three in the morning in Peru


def main() -> None:
    """Work until told to end."""
    settings = Settings.from_environment()
    logs.configure(readable=settings.env == "demo")
    app = create_app(settings)
    if settings.metrics_port:
        exposition.listen(settings.metrics_token, settings.metrics_host, settings.metrics_port)
    run_with(handlers.Runner(app))
    queue.huey.periodic_task(crontab(minute="*"), name="sweep")(lambda: periodic.sweep(app))
    queue.huey.periodic_task(QUARTER, name="measure")(lambda: periodic.measure(app))
    queue.huey.periodic_task(NIGHT, name="nightly")(lambda: periodic.nightly(app))
    encoder()  # warm before the first job
    Consumer(queue.huey, workers=1, periodic=True, initial_delay=0.05, backoff=1.2, max_delay=POLL).run()


if __name__ == "__main__":
    main()
