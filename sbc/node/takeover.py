"""Which public addresses this node should have: its own, once it is well, and that of a peer that is gone.

Nobody gives an address away: whoever should have it takes it, the provider moves it (EC2 ``AllowReassociation``), and
the one before sees that it is gone. So a node that comes back gets its own address back as soon as it is well, and two
nodes that only can't hear each other don't fight: a peer is silent when it answers neither inside nor at its address.
One that hears nobody, since its own network is broken, is wrong about that: then the peer takes its address back, which
tells that it lives, and the next silence must last much longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """In checks, which follow each other every second."""

    silent: int = 4
    silent_but_alive: int = 120
    well: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One check of one address. ``held``: it is at this machine, as the provider says; None: not known now."""

    own: bool
    well: bool  # this node works and takes calls
    peer_answers: bool = False
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen of one address in a row. ``alive``: it was taken back from here, and its node not heard since."""

    well: int = 0
    silent: int = 0
    held: bool | None = None
    alive: bool = False


def watch(before: Watched, seen: Seen) -> Watched:
    return Watched(
        well=before.well + 1 if seen.well else 0,
        silent=0 if seen.own or seen.peer_answers else before.silent + 1,
        held=seen.held,
        alive=not seen.own and not seen.peer_answers and (before.alive or (before.held is True and seen.held is False)),
    )


def should_take(watched: Watched, seen: Seen, patience: Patience) -> bool:
    if seen.held is not False or watched.well < patience.well:
        return False
    return seen.own or watched.silent >= (patience.silent_but_alive if watched.alive else patience.silent)


def after_attempt(watched: Watched) -> Watched:
    """A failed attempt is not repeated at every check, but after as long a silence again."""
    return replace(watched, silent=0, well=0)
