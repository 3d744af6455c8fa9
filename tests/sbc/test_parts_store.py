from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sbc.hook.metrics import Metrics
from sbc.hook.part_source import Fetched, PartGoneError, SourceError
from sbc.hook.parts_disk import PartsDisk
from sbc.hook.parts_store import PartsStore

KEY = "sbc/sbc_1/dids/3"
GOOD = {"key": KEY, "version": 5, "dids": {"+12092488700": [{"isp_id": "isp_1", "tenant_id": "ten_1"}]}}


class FakeSource:
    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.down = False

    def put(self, body: object) -> None:
        self.answers[KEY] = gzip.compress(json.dumps(body).encode())

    async def fetch(self, key: str, *, held_version: int | None) -> Fetched | None:
        self.asked[key] += 1
        await asyncio.sleep(0)
        if self.down:
            raise SourceError("down")
        if key not in self.answers:
            raise PartGoneError(key)
        return Fetched(self.answers[key])


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Bench:
    def __init__(self, directory: Path) -> None:
        self.source = FakeSource()
        self.metrics = Metrics()
        self.clock = Clock()
        self.directory = directory
        self.store = self.reopened()

    def reopened(self) -> PartsStore:
        return PartsStore(
            source=self.source,
            disk=PartsDisk(self.directory),
            metrics=self.metrics,
            negative_ttl_s=5.0,
            clock=self.clock,
        )

    def run(self, work: Callable[[PartsStore], Awaitable[None]]) -> None:
        async def main() -> None:
            await work(self.store)
            await self.store.close()

        asyncio.run(main())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "parts")


@pytest.mark.parametrize(
    "broken",
    [
        b"not gzip",
        gzip.compress(b"{not json"),
        gzip.compress(b"[]"),
        gzip.compress(json.dumps({**GOOD, "version": "six"}).encode()),
        gzip.compress(json.dumps({**GOOD, "version": 6, "dids": {"+1": [{"isp_id": 7}]}}).encode()),
        gzip.compress(json.dumps({**GOOD, "version": 6, "key": "sbc/sbc_1/dids/4"}).encode()),
        gzip.compress(json.dumps({**GOOD, "version": 4}).encode()),
    ],
    ids=["not gzip", "not JSON", "no object", "no version", "wrong field", "another part's", "older"],
)
def test_a_broken_part_never_replaces_the_good_one(bench: Bench, broken: bytes) -> None:
    async def work(store: PartsStore) -> None:
        bench.source.put(GOOD)
        await store.refresh(KEY)
        bench.source.answers[KEY] = broken

        with pytest.raises(SourceError):
            await store.refresh(KEY)

        assert store.parts[KEY].version == 5

    bench.run(work)
    again = bench.reopened()
    again.load_disk()
    assert again.parts[KEY].version == 5
    assert bench.metrics.read("rejected_parts") == 1


def test_a_broken_file_on_disk_is_passed_over(bench: Bench) -> None:
    (bench.directory / "sbc%2Fsbc_1%2Fdids%2F3.json.gz").write_bytes(b"half a fi")
    (bench.directory / "sbc%2Fsbc_1%2Fdids%2F4.json.gz").write_bytes(gzip.compress(json.dumps(GOOD).encode()))

    bench.store.load_disk()

    assert bench.store.parts == {}


def test_many_who_miss_a_part_share_one_request(bench: Bench) -> None:
    async def work(store: PartsStore) -> None:
        bench.source.put(GOOD)

        await asyncio.gather(*(store.load_missing([KEY]) for _ in range(200)))

        assert bench.source.asked[KEY] == 1

    bench.run(work)


def test_a_part_that_does_not_exist_is_not_asked_for_again_for_seconds(bench: Bench) -> None:
    async def work(store: PartsStore) -> None:
        for at in (0.0, 1.0, 4.9, 5.1):
            bench.clock.now = at
            with pytest.raises(PartGoneError):
                await store.load_missing([KEY])

        assert bench.source.asked[KEY] == 2

    bench.run(work)


def test_the_feed_lifts_the_memory_of_a_missing_part(bench: Bench) -> None:
    async def work(store: PartsStore) -> None:
        with pytest.raises(PartGoneError):
            await store.load_missing([KEY])
        bench.source.put(GOOD)

        store.forget_gone(KEY)
        await store.load_missing([KEY])

        assert store.parts[KEY].version == 5

    bench.run(work)


def test_a_part_that_is_gone_is_dropped_from_memory_and_disk(bench: Bench) -> None:
    async def work(store: PartsStore) -> None:
        bench.source.put(GOOD)
        await store.refresh(KEY)
        del bench.source.answers[KEY]

        change = await store.refresh(KEY)

        assert change is not None
        assert (change.new, KEY in store.parts) == (None, False)

    bench.run(work)
    assert list(bench.directory.glob("*.json.gz")) == []


def test_a_source_in_trouble_leaves_what_is_held(bench: Bench) -> None:
    async def work(store: PartsStore) -> None:
        bench.source.put(GOOD)
        await store.refresh(KEY)
        bench.source.down = True

        with pytest.raises(SourceError):
            await store.refresh(KEY)

        assert store.parts[KEY].version == 5

    bench.run(work)
