"""A line of metrics a minute for CloudWatch, on standard output: whoever takes its lines brings it there."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.refusal_reasons import tally_reasons
from sbc.hook.emf import Values, emf_line, thin_out
from sbc.hook.journal import Journal, JournalError
from sbc.hook.live_calls import LiveCalls
from sbc.hook.locations import Locations, LocationsError
from sbc.hook.metrics import Metrics

log = logging.getLogger(__name__)

#: Metric by the counters that it adds up.
_COUNTERS = {
    "UploadFailures": ("upload_failures",),
    "RejectedCdrs": ("rejected_cdrs",),
    "EstimatedEnds": ("estimated_ends",),
    "DeadMedia": ("dead_media", "lost_media"),
    "FeedFailures": ("feed_failures", "queue_failures", "poison_messages"),
    "RejectedParts": ("rejected_parts",),
}


@dataclass(slots=True)
class MetricReport:
    """``dimensions``: stage, sbc and node. ``write``: takes a line."""

    metrics: Metrics
    live: LiveCalls
    journal: Journal
    locations: Locations | None
    silent_peers: Callable[[], int]
    dimensions: dict[str, str]
    clock: Callable[[], int]  # milliseconds
    write: Callable[[str], None]
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)  # what was counted until the last report

    async def run(self, interval_s: float) -> None:
        while True:
            await asyncio.sleep(interval_s)
            try:
                await self.report()
            except JournalError as error:
                log.warning("metrics not reported", extra={"error": str(error)})

    async def report(self) -> None:
        """What is, and what was counted since the last report. Raises ``JournalError``."""
        now = self.clock()
        values = await self._gauges(now) | self._counted()
        self.write(emf_line(values, self.dimensions, at_ms=now))
        for reason, count in tally_reasons(self._new("refusals")).items():
            self.write(emf_line({"RoutesRefused": count}, {**self.dimensions, "reason": reason}, at_ms=now))

    async def _gauges(self, now: int) -> dict[str, Values]:
        since = await self.journal.waiting_since()
        found: dict[str, Values] = {
            "LiveCalls": len(self.live),
            "JournalDepth": await self.journal.depth(),
            "JournalAge": 0 if since is None else max(0, now - since) // 1000,
        }
        if self.locations is not None:
            try:
                found["Registrations"] = await asyncio.to_thread(self.locations.count, now)
            except LocationsError as error:
                log.warning("registrations not counted", extra={"error": str(error)})
        return found

    def _counted(self) -> dict[str, Values]:
        found: dict[str, Values] = {"Routes": sum(self._new("routes").values())}
        latencies = [round(seconds * 1000, 2) for seconds in self.metrics.take_routes()]
        if latencies:
            found["RouteLatency"] = thin_out(latencies)
        counts = {
            name: sum(sum(self._new(counter).values()) for counter in counters) for name, counters in _COUNTERS.items()
        }
        counts["PeersSilent"] = self.silent_peers()
        return found | {name: count for name, count in counts.items() if count}

    def _new(self, counter: str) -> dict[str, int]:
        """By label, without what hasn't been counted since the last report."""
        found = {}
        for label, count in self.metrics.read_by_label(counter).items():
            if count > self._seen[counter, label]:
                found[label] = count - self._seen[counter, label]
            self._seen[counter, label] = count
        return found
