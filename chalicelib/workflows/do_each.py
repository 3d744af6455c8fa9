"""The same work for each of several things that wait, for schedules: one that fails keeps no other waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from chalicelib.observability import logger

ThingT = TypeVar("ThingT")


def do_each(things: Iterable[ThingT], work: Callable[[ThingT], object]) -> int:
    """How many. Raises the first failure once all have had their turn, so that the run counts as failed."""
    done, failure = 0, None
    for thing in things:
        try:
            work(thing)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others have their turn
            logger().exception("one of several failed; the others go on")
            failure = failure or error
        else:
            done += 1
    if failure is not None:
        raise failure
    return done
