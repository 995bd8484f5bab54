"""A plan's parts in a network: a Celery group that any number of workers takes from, and no part waits for a dead one.

While a worker solves a part it leaves a sign in Redis, which ends by itself soon after the worker did. Who asked looks
at the signs: a part that was begun and has neither sign nor answer any more is sent again, under the same id. Whoever
takes a part that has its answer by then gives that back.
"""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from celery import Celery, current_task, group
from celery.exceptions import TimeoutError as CeleryTimeout
from celery.result import GroupResult
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from portal.events import PARTS
from portal.watching import logs

LOOK = 0.1  # seconds between two looks whether a plan's parts are there
SIGN = 30  # seconds a sign stands that nobody renews: a small parcel may hold up its whole process for some of them
OFTEN = 2.0  # seconds between two renewals
Tell = Callable[[int, int], None]
log = logs.get(__name__)


@dataclass(frozen=True)
class Patience:
    """Seconds until every parcel must be answered, and until the first must have been taken by a worker."""

    answered: float
    taken: float


class Parts:
    """What is asked of the workers, and what they do. `solve`: parcel in base64 → its answer."""

    def __init__(self, celery: Celery, redis: Redis, solve: Callable[[str], str]) -> None:
        self._celery, self._redis, self._solve = celery, redis, solve

        def part(text: str) -> str:  # of one argument, as Celery reads it off: a method's own would be one too many
            return self._solved(text)

        self._part = celery.task(name="part", shared=False, ignore_result=False)(part)

    def share(self, parcels: Sequence[bytes], patience: Patience, tell: Tell) -> list[bytes]:
        """The answers in the order of the parcels. See `Network.share`."""
        texts = [base64.b64encode(parcel).decode() for parcel in parcels]
        seconds = patience.answered
        try:
            asked = group(self._part.s(text) for text in texts).apply_async(queue=PARTS, expires=seconds)
            self._await(asked, texts, patience, tell)
            answers = asked.get(timeout=seconds, disable_sync_subtasks=False)  # nothing is waited for any more
        except (CeleryTimeout, OperationalError, RedisError) as error:
            raise TimeoutError(f"no worker answered within {seconds:.0f} s ({type(error).__name__})") from error
        asked.forget()
        return [base64.b64decode(answer) for answer in answers]

    def _await(self, asked: GroupResult, texts: Sequence[str], patience: Patience, tell: Tell) -> None:
        """Until all answers are there. Raises CeleryTimeout."""
        begun, total = time.monotonic(), len(texts)
        text_of, seen = dict(zip([one.id for one in asked], texts, strict=True)), set[str]()
        while not asked.ready():
            tell(asked.completed_count(), total)
            waited = time.monotonic() - begun
            untaken = waited > patience.taken and self._redis.llen(PARTS) >= total
            if untaken or waited > patience.answered:
                raise CeleryTimeout
            for lost in self._lost(asked, seen):
                log.warning("part_lost", part=lost)
                self._part.apply_async((text_of[lost],), task_id=lost, queue=PARTS, expires=patience.answered)
            time.sleep(LOOK)

    def _lost(self, asked: GroupResult, seen: set[str]) -> list[str]:
        """The parts that were begun, and that nobody works on or has answered. `seen`: those with a sign until now."""
        signs = self._redis.mget([_sign(one.id) for one in asked])
        alive = {one.id for one, sign in zip(asked, signs, strict=True) if sign is not None}
        lost = [one.id for one in asked if one.id in seen - alive and not one.ready()]  # a sign outlives its answer
        seen |= alive
        seen -= {*lost}
        return lost

    def _solved(self, text: str) -> str:
        """What a worker's process does with a part."""
        part = str(current_task.request.id)
        there = self._celery.AsyncResult(part)
        if there.successful():  # it came a second time
            return str(there.result)
        holder, begun = f"{socket.gethostname()[:80]}:{os.getpid()}", time.monotonic()
        with self._signed(part, holder):
            answer = self._solve(text)
        log.info("part_solved", part=part, place=holder, seconds=round(time.monotonic() - begun, 3))
        return answer

    @contextmanager
    def _signed(self, part: str, holder: str) -> Iterator[None]:
        """A context in which a part shows who works on it. The sign ends by itself: the answer must be there first."""
        ended = threading.Event()
        self._show(part, holder)  # before anything else: a solver may let no thread begin
        thread = threading.Thread(target=self._renew, args=(part, holder, ended), name=f"sign of {part}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _renew(self, part: str, holder: str, ended: threading.Event) -> None:
        while not ended.wait(OFTEN):
            self._show(part, holder)

    def _show(self, part: str, holder: str) -> None:
        try:
            self._redis.set(_sign(part), holder, ex=SIGN)
        except RedisError as error:  # away for a moment: the next renewal may do it
            log.warning("part_unsigned", part=part, exc_info=error)


def _sign(part: Any) -> str:
    return f"ayni-part-{part}"
