"""Reports the phones and calls of tenants that somebody looks at, and does nothing while nobody does.

A look arrives as an order in the change feed and lasts a minute. While it does, the tenant's state is compared once a
second with what was reported last: a difference goes out at once, and without one a sign of life every 15 s.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.parts import SubscribersPart
from chalicelib.domain.snapshot import Tenant
from sbc.hook.decider import Decider
from sbc.hook.http_client import HttpClient, HttpError
from sbc.hook.jsonio import dump
from sbc.hook.live_calls import LiveCalls
from sbc.hook.live_report import build_report, list_calls, list_registrations, people_of, without_expiry
from sbc.hook.locations import Contact, Locations, LocationsError, Signature
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import PartGoneError, SourceError

log = logging.getLogger(__name__)

Json = dict[str, Any]
BYTES_PER_S = 50_000  # a tenant with thousands of phones, one of which always does something, reports less often
_NOT_OURS = frozenset({403, 404})


@dataclass(slots=True)
class _Watched:
    until: float  # of the monotonic clock, in seconds, as the others here
    said: Json = field(default_factory=dict)  # the last report that arrived, without expiries
    said_at: float = 0.0
    next_at: float = 0.0
    read: Signature | None = None  # of the database, when ``contacts`` were read
    read_at: float = 0.0
    contacts: list[Contact] = field(default_factory=list)
    named: tuple[SubscribersPart, ...] = ()  # the parts by which ``registrations`` are named
    registrations: list[Json] = field(default_factory=list)


class LiveWatch:
    """``locations``: None where there is no Kamailio, whose phones could be told."""

    def __init__(
        self,
        *,
        client: HttpClient,
        decider: Decider,
        live: LiveCalls,
        locations: Locations | None,
        metrics: Metrics,
        clock: Callable[[], float],
        wall_clock: Callable[[], int],  # milliseconds
        refresh_s: float,
    ) -> None:
        self._client = client
        self._decider = decider
        self._live = live
        self._locations = locations
        self._metrics = metrics
        self._clock = clock
        self._wall_clock = wall_clock
        self._refresh_s = refresh_s
        self._watched: dict[str, _Watched] = {}
        self._woken = asyncio.Event()

    def __len__(self) -> int:
        """How many tenants are watched."""
        now = self._clock()
        return sum(1 for each in self._watched.values() if each.until > now)

    def watch(self, tenant_id: str, left_s: float) -> None:
        """For so many seconds from now; one that is watched longer already stays so."""
        until = self._clock() + left_s
        known = self._watched.get(tenant_id)
        if known is None:
            self._watched[tenant_id] = _Watched(until)
            self._woken.set()
        else:
            known.until = max(known.until, until)

    async def run(self, interval_s: float) -> None:
        while True:
            if not self._watched:
                await self._woken.wait()
            self._woken.clear()
            started = self._clock()
            await self.report()
            await self._pause(started + interval_s - self._clock())

    async def report(self) -> None:
        """One round: every watched tenant whose state is new or was told too long ago."""
        now = self._clock()
        self._watched = {key: each for key, each in self._watched.items() if each.until > now}
        try:
            tenants = [found for key in tuple(self._watched) if (found := await self._find(key)) is not None]
            await self._read_contacts(tenants)
            for tenant in tenants:
                await self._report_tenant(tenant)
        except (SourceError, LocationsError, HttpError) as error:
            self._metrics.count("live_failures")
            log.warning("live state not reported", extra={"error": str(error)})

    async def _pause(self, seconds: float) -> None:
        """Shorter when a tenant begins to be watched."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _find(self, tenant_id: str) -> Tenant | None:
        try:
            return await self._decider.ask(lambda snapshot: snapshot.tenant(tenant_id))
        except PartGoneError:  # deleted, or moved to another SBC
            self._watched.pop(tenant_id, None)
            return None

    async def _read_contacts(self, tenants: Iterable[Tenant]) -> None:
        if self._locations is None:
            return
        signature, now = self._locations.signature(), self._clock()
        stale = [tenant.core for tenant in tenants if self._is_stale(tenant.core.tenant_id, signature, now)]
        if not stale:
            return
        found = await asyncio.to_thread(self._locations.read, {core.domain.lower() for core in stale})
        for core in stale:
            watched = self._watched[core.tenant_id]
            watched.read, watched.read_at = signature, now
            watched.contacts, watched.named = found[core.domain.lower()], ()

    def _is_stale(self, tenant_id: str, signature: Signature, now: float) -> bool:
        """Two writes within the file system's clock tick look like one, so nothing read is believed for ever."""
        watched = self._watched[tenant_id]
        return watched.read != signature or now - watched.read_at >= self._refresh_s

    async def _report_tenant(self, tenant: Tenant) -> None:
        tenant_id, now = tenant.core.tenant_id, self._clock()
        watched = self._watched[tenant_id]
        if now < watched.next_at:
            return
        report = await self._build(watched, tenant)
        said = without_expiry(report)
        if said == watched.said and now - watched.said_at < self._refresh_s:
            return
        body = dump(report)
        answer = await self._client.request(
            "POST", "/v1/sbc/live", headers={"Content-Type": "application/json"}, body=body
        )
        self._metrics.count("live_reports")
        if answer.status in _NOT_OURS:
            self._watched.pop(tenant_id, None)
            return
        if answer.status >= 500:
            raise HttpError(f"/v1/sbc/live: status {answer.status}")
        if answer.status >= 300:
            log.error("live state refused", extra={"tenant_id": tenant_id, "status": answer.status})
        watched.said, watched.said_at = said, now
        watched.next_at = now + min(self._refresh_s, len(body) / BYTES_PER_S)

    async def _build(self, watched: _Watched, tenant: Tenant) -> Json:
        if watched.named != tenant.shards:
            watched.registrations = await asyncio.to_thread(_named_registrations, tenant, watched.contacts)
            watched.named = tenant.shards
        now = self._wall_clock()
        registrations = [one for one in watched.registrations if one["expires_at"] > now]
        calls = list_calls((call for call in self._live if call.plan.facts.tenant_id == tenant.core.tenant_id), tenant)
        return build_report(tenant.core.tenant_id, registrations, calls)


def _named_registrations(tenant: Tenant, contacts: list[Contact]) -> list[Json]:
    return list_registrations(people_of(tenant), contacts)
