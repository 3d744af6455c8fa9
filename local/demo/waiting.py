"""Waiting for conditions, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_S = 0.05


class DemoError(RuntimeError):
    """A step didn't do what the guide promises; the message says what was seen instead."""


def wait_for(find: Callable[[], T | None], *, what: str, limit_s: float) -> T:
    """The first true value of ``find``."""
    deadline = time.monotonic() + limit_s
    while True:
        found = find()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DemoError(f"{what}: not within {limit_s:g} s")
        time.sleep(PAUSE_S)


def check(condition: object, message: str) -> None:
    if not condition:
        raise DemoError(message)
