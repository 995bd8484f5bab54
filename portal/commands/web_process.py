"""How gunicorn runs the portal: its configuration, read from here (`--config python:portal.commands.web_process`)."""

from __future__ import annotations

import gc
from typing import Any

worker_class = "gthread"
workers = 2
threads = 4
keepalive = 75  # seconds
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """What the application itself is made of stays: leave it out of every later search for garbage."""
    gc.collect()
    gc.freeze()
