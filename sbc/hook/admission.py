"""Places in limited numbers of calls, taken under the call id. Everything runs on one event loop without waiting in
between, so a check and its taking are one step. What calls of other nodes hold counts too, as far as they have told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.domain.plan import Counter


def _nobody_else(_key: str) -> int:
    return 0


def _tell_nobody(_key: str, _count: int) -> None:
    return None


class Admission:
    """``elsewhere(key)``: places that calls of other nodes hold. ``changed(key, count)`` is told each new count of this
    node's own."""

    def __init__(
        self,
        *,
        elsewhere: Callable[[str], int] = _nobody_else,
        changed: Callable[[str, int], None] = _tell_nobody,
    ) -> None:
        self._elsewhere = elsewhere
        self._changed = changed
        self._holders: dict[str, set[str]] = {}
        self._held: dict[str, set[str]] = {}

    def take(self, call_id: str, counters: Iterable[Counter]) -> Counter | None:
        """Take all, or none and return the first that is full. A call holds one place per counter, however often it
        asks."""
        wanted = tuple(counters)
        for counter in wanted:
            if not self._fits(call_id, counter):
                return counter
        self.hold(call_id, wanted)
        return None

    def hold(self, call_id: str, counters: Iterable[Counter]) -> None:
        """Take without asking: for calls that are up already."""
        held = self._held.setdefault(call_id, set())
        for counter in counters:
            if counter.key not in held:
                holders = self._holders.setdefault(counter.key, set())
                holders.add(call_id)
                held.add(counter.key)
                self._changed(counter.key, len(holders))

    def keep_only(self, call_id: str, counters: Iterable[Counter]) -> None:
        """Give back what isn't among ``counters``: the places of a stage that is over, of phones that lost."""
        keys = {counter.key for counter in counters}
        for key in self._held.get(call_id, set()) - keys:
            self._give_back(call_id, key)

    def release(self, call_id: str) -> None:
        for key in tuple(self._held.get(call_id, ())):
            self._give_back(call_id, key)
        self._held.pop(call_id, None)

    def in_use(self, key: str) -> int:
        """By calls of this node."""
        return len(self._holders.get(key, ()))

    def counts(self) -> dict[str, int]:
        """Of this node's calls, by key."""
        return {key: len(holders) for key, holders in self._holders.items()}

    def _fits(self, call_id: str, counter: Counter) -> bool:
        holders = self._holders.get(counter.key, ())
        if counter.limit == 0 or call_id in holders:
            return True
        return len(holders) + self._elsewhere(counter.key) < counter.limit

    def _give_back(self, call_id: str, key: str) -> None:
        self._held[call_id].discard(key)
        holders = self._holders[key]
        holders.discard(call_id)
        if not holders:
            del self._holders[key]
        self._changed(key, len(holders))
