"""Keeps one program running: starts it again when it dies, and stops it, after its drain, when told to.

Containers and systemd restart what ends, too, but slower, and a container that ends twice within a minute takes its
whole task with it. So the programs of a node are kept here, and only one that can't stay up is given to them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

#: So many deaths within so many seconds, and the keeper gives up.
MOST_DEATHS, DEATHS_WITHIN_S = 8, 60.0
_PAUSE_S = 0.5
END_S = 10.0


@dataclass(frozen=True, slots=True)
class Command:
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=dict)


async def _nothing() -> None:
    """A drain for programs that can be stopped at any time."""


async def keep(
    name: str,
    prepare: Callable[[], Command],
    *,
    drain: Callable[[], Awaitable[object]] = _nothing,
    end_s: float = END_S,
) -> int:
    """Returns the exit status: 0 once stopped by SIGTERM or SIGINT, 1 if the program can't stay up.

    ``prepare`` runs before each start. ``drain`` runs after the first signal while the program goes on; a second one
    cuts it short. ``end_s``: from then on the program has so long to end by itself."""
    stop, hurry = _listen_for_signals()
    deaths: deque[float] = deque(maxlen=MOST_DEATHS)
    while True:
        process = await _start(prepare())
        ended = asyncio.ensure_future(process.wait())
        try:
            if await _first(ended, stop.wait()) is not ended:
                await _first(ended, drain(), hurry.wait())
                await _end(process, ended, end_s=end_s)
                return 0
        finally:
            _signal_group(process.pid, signal.SIGKILL)  # children of a killed first process live on
        log.error("%s ended with status %s", name, ended.result())
        deaths.append(time.monotonic())
        if len(deaths) == MOST_DEATHS and deaths[-1] - deaths[0] < DEATHS_WITHIN_S:
            return 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PAUSE_S)
        if stop.is_set():
            return 0


def _listen_for_signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Set by the first signal, and by the second."""
    stop, hurry = asyncio.Event(), asyncio.Event()

    def receive() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, receive)
    return stop, hurry


async def _start(command: Command) -> asyncio.subprocess.Process:
    environment = {**os.environ, **command.env}
    return await asyncio.create_subprocess_exec(*command.argv, env=environment, start_new_session=True)


async def _first(*awaited: Awaitable[object]) -> asyncio.Future[object]:
    """The one that is done first; the others are cancelled, except a future that was given as such."""
    given = [asyncio.ensure_future(each) for each in awaited]
    done, _ = await asyncio.wait(given, return_when=asyncio.FIRST_COMPLETED)
    for each, source in zip(given, awaited, strict=True):
        if each is not source and each not in done:
            each.cancel()
    found = next(each for each in given if each in done)
    found.result()
    return found


async def _end(process: asyncio.subprocess.Process, ended: asyncio.Future[int], *, end_s: float) -> None:
    if not ended.done():
        process.terminate()
        await asyncio.wait([ended], timeout=end_s)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
