"""The snapshot that one routing decision looks at: parts by key, with the few questions that routing asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.part_reader import read_subscriber
from chalicelib.domain.parts import (
    DidsPart,
    IspPart,
    Part,
    SbcIndex,
    Subscriber,
    SubscribersPart,
    TenantCore,
    TenantRef,
    core_key,
    did_shard,
    dids_key,
    index_key,
    isp_key,
    subscriber_shard,
    subscribers_keys,
)

P = TypeVar("P", bound=Part)


class MissingPartError(LookupError):
    """The decision needs parts that aren't loaded: fetch ``keys``, then decide again."""

    def __init__(self, *keys: str) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant's core with all its subscriber shards."""

    core: TenantCore
    shards: tuple[SubscribersPart, ...]

    def find_by_name(self, name: str) -> Subscriber | None:
        """The subscriber with this username or alias, in any case."""
        wanted = name.lower()
        for shard in self.shards:
            source = shard.by_name.get(wanted)
            if source is not None:
                return _read(shard, source["subscriber_id"])
        return None

    def find_by_id(self, subscriber_id: str) -> Subscriber | None:
        shard = self.shards[subscriber_shard(subscriber_id, len(self.shards))]
        return _read(shard, subscriber_id) if subscriber_id in shard.by_id else None


def _read(shard: SubscribersPart, subscriber_id: str) -> Subscriber:
    known = shard.read.get(subscriber_id)
    if known is None:
        known = shard.read[subscriber_id] = read_subscriber(shard.by_id[subscriber_id])
    return known


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Parts by key, as one SBC sees them. The mapping may be live: a decision reads each part once."""

    sbc_id: str
    parts: Mapping[str, Part]

    def index(self) -> SbcIndex:
        return self._get(index_key(self.sbc_id), SbcIndex)

    def did_owners(self, number: str) -> tuple[TenantRef, ...]:
        return self._get(dids_key(self.sbc_id, did_shard(number)), DidsPart).dids.get(number, ())

    def isp(self, isp_id: str) -> IspPart:
        return self._get(isp_key(isp_id), IspPart)

    def tenant(self, tenant_id: str) -> Tenant:
        core = self._get(core_key(tenant_id), TenantCore)
        keys = subscribers_keys(tenant_id, core.subscriber_shards)
        shards = tuple([part for part in map(self.parts.get, keys) if isinstance(part, SubscribersPart)])
        if len(shards) < len(keys):
            raise MissingPartError(*[key for key in keys if not isinstance(self.parts.get(key), SubscribersPart)])
        return Tenant(core, shards)

    def _get(self, key: str, kind: type[P]) -> P:
        part = self.parts.get(key)
        if not isinstance(part, kind):
            raise MissingPartError(key)
        return part
