"""Counters and one latency histogram, rendered as Prometheus text (exposition format 0.0.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Mapping

KEPT_ROUTES = 20_000  # between two reports, of which there may be none
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._buckets = [0] * (len(BUCKETS_S) + 1)
        self._seconds = 0.0
        self._recent: deque[float] = deque(maxlen=KEPT_ROUTES)

    def count(self, name: str, label: str = "", value: str = "") -> None:
        """One more of the counter ``hook_<name>_total``, optionally under one label."""
        self._counts[name, label, value] += 1

    def read(self, name: str, label: str = "", value: str = "") -> int:
        return self._counts[name, label, value]

    def read_by_label(self, name: str) -> dict[str, int]:
        """A counter by the values of its label; "" for one without."""
        return {value: count for (found, _, value), count in self._counts.items() if found == name}

    def take_routes(self) -> list[float]:
        """How long each decision took since the last time, in seconds."""
        taken = list(self._recent)
        self._recent.clear()
        return taken

    def observe_route(self, seconds: float) -> None:
        self._recent.append(seconds)
        self._buckets[bisect_left(BUCKETS_S, seconds)] += 1
        self._seconds += seconds

    def render(self, gauges: Mapping[str, float]) -> str:
        lines = [f"hook_{name} {value}" for name, value in sorted(gauges.items())]
        for (name, label, value), count in sorted(self._counts.items()):
            labels = f'{{{label}="{value}"}}' if label else ""
            lines.append(f"hook_{name}_total{labels} {count}")
        return "\n".join([*lines, *self._histogram()]) + "\n"

    def _histogram(self) -> list[str]:
        lines, total = [], 0
        for bound, count in zip((*map(str, BUCKETS_S), "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'hook_route_seconds_bucket{{le="{bound}"}} {total}')
        return [*lines, f"hook_route_seconds_sum {self._seconds:.6f}", f"hook_route_seconds_count {total}"]
