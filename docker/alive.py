"""Is the process of this container alive? Exit status 0 or 1. Standard library alone: it runs every few seconds.

`alive.py web` asks the web process, `alive.py worker` the address where a worker shows its figures.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 4  # an answer that takes longer is none


def answers(port: int, path: str) -> bool:
    """Is there an answer that is no failure?"""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main(kind: str) -> int:
    port = int(os.environ.get("PORT", "8000") if kind == "web" else os.environ.get("METRICS_PORT", "9100"))
    return 0 if answers(port, "/healthz" if kind == "web" else "/metrics") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
