"""How gunicorn runs the portal: its configuration, read from here (`--config python:portal.commands.web_process`)."""

from __future__ import annotations

import gc
import os
from typing import Any

from prometheus_client import multiprocess

from portal.watching import folder, logs

worker_class = "gthread"
workers = 2
threads = 4
keepalive = 75  # seconds
control_socket_disable = True
loglevel = "warning"

YOUNG = 20_000  # objects made before garbage is looked for: a page makes a few thousand, and most go by themselves


def on_starting(_: Any) -> None:
    """One log for the master and, since they inherit it, for its workers."""
    logs.configure(readable=os.environ.get("APP_ENV") == "demo")


def child_exit(_: Any, worker: Any) -> None:
    """What a worker counted stays; what it measured of itself goes with it."""
    if os.environ.get(folder.VARIABLE):
        multiprocess.mark_process_dead(worker.pid)


def post_worker_init(worker: Any) -> None:
    """What the application itself is made of stays: leave it out of every later search for garbage, and search less."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
