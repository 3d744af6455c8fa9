"""Runs a coroutine at once, up to its first wait, without making a task of it.

A task costs two turns of the event loop and about 30 microseconds, which every request would pay, though most are
answered without waiting or wait for one future, the journal's. (Python 3.12 has eager tasks; this is for 3.11.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_eagerly(work: Coroutine[Any, Any, T], done: Callable[[T | None, BaseException | None], None]) -> None:
    """Calls ``done`` with the result or the error. ``work`` may wait for futures and tasks only: what needs a current
    task (``asyncio.timeout``, a semaphore's queue) belongs into a task that it waits for, see ``in_task``."""

    def step(_: object = None) -> None:
        try:
            waited_for = work.send(None)
        except StopIteration as stop:
            done(stop.value, None)
        except Exception as error:  # noqa: BLE001 (handed on, as a task does)
            done(None, error)
        else:
            waited_for._asyncio_future_blocking = False  # noqa: SLF001 (the protocol between a future and who drives it)
            waited_for.add_done_callback(step)

    step()


def in_task(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    return asyncio.get_running_loop().create_task(work)
