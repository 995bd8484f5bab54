"""Ports for the programs that tests start."""

from __future__ import annotations

import socket


def free() -> int:
    """A port of 127.0.0.1 that the system gives to nobody else while this process lives, for one program to listen on.

    A socket stays bound to it and never listens. Whoever lets the system choose gets another port; who asks for this
    one, as servers ask (SO_REUSEADDR), has it.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port = int(holder.getsockname()[1])
    holder.detach()  # open until this process ends
    return port
