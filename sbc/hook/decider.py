"""A routing decision on the live parts: pure when they are held, with fetches in between when they aren't."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from chalicelib.domain.parts import TenantCore, isp_key, subscribers_key
from chalicelib.domain.plan import Attempt, Refusal, RoutePlan
from chalicelib.domain.snapshot import MissingPartError, Snapshot
from sbc.hook.eager import in_task
from sbc.hook.part_source import SourceError
from sbc.hook.parts_store import PartsStore

T = TypeVar("T")

MAX_ROUNDS = 3  # index, DIDs or ISP, then the tenant

PlanRoute = Callable[[Attempt, Snapshot, datetime], RoutePlan | Refusal]


class Decider:
    def __init__(self, store: PartsStore, *, sbc_id: str, plan_route: PlanRoute, timeout_s: float) -> None:
        self._store = store
        self._snapshot = Snapshot(sbc_id, store.parts)
        self._plan_route = plan_route
        self._timeout_s = timeout_s

    async def plan(self, attempt: Attempt, now: datetime) -> RoutePlan | Refusal:
        """Raises ``SourceError`` when parts can't be had in time, ``PartGoneError`` when one doesn't exist."""
        return await self.ask(lambda snapshot: self._plan_route(attempt, snapshot, now))

    async def ask(self, question: Callable[[Snapshot], T]) -> T:
        """The answer to any question about the snapshot; raises as ``plan`` does."""
        try:
            return question(self._snapshot)
        except MissingPartError as missing:
            keys = missing.keys
        return await in_task(self._ask_in_time(question, keys))

    async def _ask_in_time(self, question: Callable[[Snapshot], T], keys: tuple[str, ...]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._ask_with_fetches(question, keys)
        except TimeoutError as error:
            raise SourceError(f"no answer within {self._timeout_s} s") from error

    async def _ask_with_fetches(self, question: Callable[[Snapshot], T], keys: tuple[str, ...]) -> T:
        for _ in range(MAX_ROUNDS):
            await self._store.load_missing(keys)
            await self._store.load_missing(self._needed_with(keys))
            try:
                return question(self._snapshot)
            except MissingPartError as missing:
                keys = missing.keys
        raise SourceError(f"still missing after {MAX_ROUNDS} rounds: {', '.join(keys)}")

    def _needed_with(self, keys: tuple[str, ...]) -> list[str]:
        """What a decision about a tenant will ask for next: all at once is one round instead of several."""
        cores = [part for key in keys if isinstance(part := self._store.parts.get(key), TenantCore)]
        shards = [subscribers_key(core.tenant_id, shard) for core in cores for shard in range(core.subscriber_shards)]
        return [*{isp_key(core.isp_id) for core in cores}, *shards]
