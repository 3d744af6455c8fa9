"""Counts by key in a fixed number of buckets, so that all of them can be told a range of buckets at a time: whatever
isn't named in a range isn't counted any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

BUCKETS = 1024  # a part of what peers say to each other: the same on all nodes


@dataclass(frozen=True, slots=True)
class CountRange:
    """All counts of the buckets from ``first`` up to but without ``end``."""

    first: int
    end: int
    counts: Mapping[str, int]


def bucket_of(key: str) -> int:
    return crc32(key.encode()) % BUCKETS


class CountTable:
    def __init__(self) -> None:
        self._buckets: list[dict[str, int]] = [{} for _ in range(BUCKETS)]

    def get(self, key: str) -> int:
        return self._buckets[bucket_of(key)].get(key, 0)

    def put(self, key: str, count: int) -> None:
        bucket = self._buckets[bucket_of(key)]
        if count:
            bucket[key] = count
        else:
            bucket.pop(key, None)

    def replace(self, told: CountRange) -> None:
        for number in range(told.first, told.end):
            self._buckets[number].clear()
        for key, count in told.counts.items():
            self.put(key, count)

    def clear(self) -> None:
        for bucket in self._buckets:
            bucket.clear()

    def counts(self) -> dict[str, int]:
        return {key: count for bucket in self._buckets for key, count in bucket.items()}

    def ranges(self, size: int) -> Iterator[CountRange]:
        """Everything, in ranges that begin a new one after ``size`` bytes of keys; a bucket is never divided. Read as
        they are asked for: each is true at its moment."""
        first, found, length = 0, dict[str, int](), 0
        for number, bucket in enumerate(self._buckets):
            found.update(bucket)
            length += sum(map(len, bucket))
            if length >= size:
                yield CountRange(first, number + 1, found)
                first, found, length = number + 1, {}, 0
        if first < BUCKETS:
            yield CountRange(first, BUCKETS, found)
