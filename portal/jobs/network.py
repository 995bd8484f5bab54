"""The queue of a network: Celery on Redis, a queue for each lane, any number of workers on any number of machines.

Plans are made in the queue of what can wait. Their parts have a queue of their own, so that as many workers as are
free for it solve one each, and neither a list nor a training stands in their way.

A message is acknowledged when its job is over, and given back when its worker's process is killed; Redis gives it to
another worker when the whole worker was. None of this is relied upon: the job's row says what is to be done, and a
sweep sends again what Redis lost.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from celery import Celery, signals
from celery.apps.beat import Beat
from celery.schedules import crontab
from kombu import Queue as Line
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from portal.events import BULK, INTERACTIVE, PLANNING, QUEUES
from portal.jobs.embedded import Timed
from portal.jobs.hands import Hands
from portal.jobs.parts import Parts, Patience

IN_QUEUE = {PLANNING: BULK}  # lanes without a queue of their own
VISIBLE_AGAIN = 3600  # seconds after which Redis gives a message to another worker: longer than all but a training
STARTING = 120.0  # seconds a worker's process may take to load the encoder
STALE = 600  # seconds after which periodic work that no worker took is dropped: the next is due long since
PATIENCE = 2.0  # seconds a web process waits for Redis, and the pause before it tries again after it was away
SCHEDULER = "celery.beat:Scheduler"  # nothing on disk: turns are kept in the database
SAY_AWAY = ("celery.worker.consumer.consumer", "celery.beat", "kombu.connection")
log = logging.getLogger(__name__)


class Network:
    """The queues in Redis."""

    def __init__(self, url: str, hands: Hands) -> None:
        self.celery = Celery("ayni", set_as_current=False, changes=_settings(url))
        self._run = self.celery.task(name="run", shared=False)(hands.deliver)
        self._tick = self.celery.task(name="tick", shared=False)(hands.tick)
        self._redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._parts = Parts(self.celery, self._redis, hands.solve)
        self._away_until = 0.0

    def send(self, ids: tuple[str, str], lane: str, delay: float) -> None:
        """Hand it to Redis. Where Redis is away this says so and goes on: a sweep sends the job later."""
        if time.monotonic() < self._away_until:
            return
        try:
            self._run.apply_async((*ids, lane), queue=IN_QUEUE.get(lane, lane), countdown=delay or None, retry=False)
        except OperationalError as error:
            self._away_until = time.monotonic() + PATIENCE
            log.warning("The queue cannot be reached (%s); jobs wait in the database.", error)

    def is_empty(self, lane: str) -> bool:
        """Is nothing left to be taken in a lane? No, where nobody can say."""
        try:
            return self._redis.llen(IN_QUEUE.get(lane, lane)) == 0
        except RedisError:
            return False

    def is_there(self) -> bool:
        """Yes: while Redis is away pages are served as ever, and jobs wait in the database."""
        return True

    def share(
        self, parcels: Sequence[bytes], patience: Patience, tell: Callable[[int, int], None] | None = None
    ) -> list[bytes]:
        """Have each parcel of a plan solved by a worker; the answers in their order.

        `tell` hears meanwhile how many of how many are there, and ends the wait by raising. Raises TimeoutError when
        patience ends, and what a worker raised over a parcel.
        """
        return self._parts.share(parcels, patience, tell or (lambda done, total: None))

    def keep(self, schedule: Iterable[Timed]) -> None:
        """What a beat sends, and when."""
        self.celery.conf.beat_schedule = {
            entry.name: {
                "task": "tick", "args": (entry.name,), "options": {"queue": INTERACTIVE, "expires": STALE},
                "schedule": crontab(minute=entry.minute, hour=entry.hour, app=self.celery),
            }
            for entry in schedule
        }

    def work(self, lanes: Sequence[str], processes: int, beat: bool, prepare: Callable[[], None]) -> None:
        """Take and do, until told to end. `prepare` runs once in each process, before its first job."""
        signals.worker_process_init.connect(lambda **_: prepare(), weak=False)
        self._log_plainly()
        worker = self.celery.Worker(
            queues=list(lanes), pool="prefork", concurrency=processes, beat=beat, scheduler=SCHEDULER, quiet=True,
            loglevel="WARNING", without_gossip=True, without_mingle=True, without_heartbeat=True,
        )
        worker.start()
        sys.exit(worker.exitcode)

    def beat(self) -> None:
        """Send periodic work when its time comes, until told to end."""
        self._log_plainly()
        Beat(app=self.celery, scheduler=SCHEDULER, loglevel="WARNING", quiet=True).run()

    def _log_plainly(self) -> None:
        """The log is as it was set up: Celery leaves it alone, and says that Redis is away in one line each time."""
        signals.setup_logging.connect(lambda **_: None, weak=False)
        for name in SAY_AWAY:
            logging.getLogger(name).addFilter(_in_one_line)


def _in_one_line(record: logging.LogRecord) -> bool:
    record.msg, record.args, record.exc_info = " ".join(record.getMessage().split()), (), None
    return True


def _settings(url: str) -> dict[str, Any]:
    return {
        "broker_url": url,
        "result_backend": url,
        "result_expires": VISIBLE_AGAIN,
        "result_backend_transport_options": {"socket_connect_timeout": PATIENCE},
        "broker_transport_options": {
            "visibility_timeout": VISIBLE_AGAIN, "queue_order_strategy": "priority",
            "socket_connect_timeout": PATIENCE, "socket_timeout": 30.0, "max_retries": 1, "interval_start": 0.0,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "timezone": "UTC",
        "task_queues": [Line(name) for name in QUEUES],
        "task_default_queue": INTERACTIVE,
        "task_create_missing_queues": False,
        "task_serializer": "json",
        "result_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_proc_alive_timeout": STARTING,
        "worker_enable_remote_control": False,
        "worker_redirect_stdouts": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
    }
