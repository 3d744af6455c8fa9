"""What a migration is: stored items brought to the form that this release writes, while calls go on.

A migration is a number, a name and a ``step``. A step does one bounded piece of work from a ``place`` on and says
where the next begins. What it adds to the transaction that it is given is committed together with that progress, so at
most ``MOST_WRITES``; anything else that it writes must be right to be written twice. A step finds out by itself what is
left to do: a migration that is run again, or by two at once, changes nothing that is right already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.storage.transaction import Transaction

MOST_WRITES = 90  # of the hundred that a transaction takes

Place = dict[str, Any]  # JSON, below a few KB; ``{}`` at the start


@dataclass(frozen=True, slots=True)
class Step:
    """``place``: where the next step begins; None: there is nothing left. ``seen``, ``changed``: items looked at and
    written. ``not_before``: milliseconds; the next step has to wait until then."""

    place: Place | None
    seen: int = 0
    changed: int = 0
    not_before: int = 0


@dataclass(frozen=True, slots=True)
class Migration:
    """``about``: for operators, in a sentence. A step raises ``try_again`` if something else was written in between:
    it is then taken again at once."""

    number: int
    name: str
    about: str
    step: Callable[[Place, Transaction], Step]
