"""The snapshot parts as immutable values, read from the JSON of docs/interfaces.md.

A part is fetched, versioned and cached alone; ``part_reader`` makes them. Subscribers stay plain dictionaries until one
is looked at: a tenant of 10,000 loads without building 10,000 objects.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from chalicelib.domain.fields import JsonObject

DID_SHARDS = 16

ApplyTo = Literal["e164", "original"]
Payment = Literal["prepaid", "postpaid"]
RuleKind = Literal["number", "service"]
Transport = Literal["udp", "tcp", "tls"]


class PartError(ValueError):
    """A part that doesn't validate; the message names part and field."""


def index_key(sbc_id: str) -> str:
    return f"sbc/{sbc_id}/index"


def did_shard(number: str) -> int:
    """The shard of an E.164 number among ``DID_SHARDS``; stable across processes and releases."""
    return zlib.crc32(number.encode()) % DID_SHARDS


def dids_key(sbc_id: str, shard: int) -> str:
    return f"sbc/{sbc_id}/dids/{shard}"


def isp_key(isp_id: str) -> str:
    return f"isp/{isp_id}"


def core_key(tenant_id: str) -> str:
    return f"tenant/{tenant_id}/core"


def subscriber_shard(subscriber_id: str, shards: int) -> int:
    """The shard of a subscriber among ``shards`` (a power of two up to 256), by the byte that also leads its key."""
    return int(subscriber_hash(subscriber_id), 16) * shards // 256


def subscriber_hash(subscriber_id: str) -> str:
    """Two hexadecimal digits; sorted storage keys begin with them, so that a shard is one key range."""
    return f"{zlib.crc32(subscriber_id.encode()) & 0xFF:02x}"


def subscribers_key(tenant_id: str, shard: int) -> str:
    return f"tenant/{tenant_id}/subscribers/{shard}"


@lru_cache(maxsize=4096)
def subscribers_keys(tenant_id: str, shards: int) -> tuple[str, ...]:
    """Of all shards; remembered, because every routing decision asks."""
    return tuple(subscribers_key(tenant_id, shard) for shard in range(shards))


@dataclass(frozen=True, slots=True)
class TenantRef:
    isp_id: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class GatewaySource:
    """Where inbound calls of a gateway come from: networks in CIDR form, optionally one source port."""

    isp_id: str
    carrier_id: str
    gateway_id: str
    networks: tuple[str, ...]
    port: int | None


@dataclass(frozen=True, slots=True)
class SbcIndex:
    key: str
    version: int
    sbc_id: str
    domains: Mapping[str, TenantRef]
    gateways: tuple[GatewaySource, ...]
    allow_private_gateways: bool


@dataclass(frozen=True, slots=True)
class DidsPart:
    key: str
    version: int
    dids: Mapping[str, tuple[TenantRef, ...]]


@dataclass(frozen=True, slots=True)
class Gateway:
    gateway_id: str
    name: str
    host: str
    port: int
    transport: Transport
    display: str
    outbound_strip: int
    outbound_prefix: str
    inbound_strip: int
    inbound_prefix: str
    source_domain: str
    source_user: str
    apply_to: ApplyTo
    add_pai: bool
    codecs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    carrier_id: str
    name: str
    suspended: bool
    gateways: tuple[Gateway, ...]


@dataclass(frozen=True, slots=True)
class DialplanRule:
    """Match expression (must match the whole number), subs expression (groups) and replacement; ``_CC``/``_AC``."""

    name: str
    match: str
    subs: str
    replacement: str
    kind: RuleKind


@dataclass(frozen=True, slots=True)
class Dialplan:
    dialplan_id: str
    name: str
    country_code: str
    rules: tuple[DialplanRule, ...]


@dataclass(frozen=True, slots=True)
class IspPart:
    key: str
    version: int
    isp_id: str
    suspended: bool
    carriers: Mapping[str, Carrier]
    dialplans: Mapping[str, Dialplan]
    payments: Mapping[str, Payment]  # by service plan id


@dataclass(frozen=True, slots=True)
class CustomerRef:
    customer_id: str
    service_plan_id: str
    suspended: bool


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    security_group_id: str
    name: str
    prefixes: frozenset[str]  # E.164 prefixes with "+"


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Open on these ISO weekdays (1 = Monday) from start to end (minutes of the local day, end exclusive; an end at
    or before the start runs past midnight); or, with ``dates``, on those local dates only. ``closed`` inverts it."""

    weekdays: frozenset[int]
    start_minute: int
    end_minute: int
    dates: frozenset[str]
    closed: bool


@dataclass(frozen=True, slots=True)
class DateRange:
    date_range_id: str
    name: str
    time_zone: str
    rules: tuple[TimeRule, ...]


@dataclass(frozen=True, slots=True)
class TenantCore:
    key: str
    version: int
    tenant_id: str
    isp_id: str
    name: str
    domain: str
    suspended: bool
    customer: CustomerRef
    carrier_id: str
    dialplan_id: str
    country_code: str  # overrides the dialplan's; empty: the dialplan's
    main_number: str
    caller_ids: frozenset[str]  # approved numbers besides the tenant's own DIDs
    emergency_caller_id: str
    security_groups: Mapping[str, SecurityGroup]
    date_ranges: Mapping[str, DateRange]
    dids: Mapping[str, str]  # number -> subscriber id ("" when not allocated to one)
    first_dids: Mapping[str, str]  # subscriber id -> the first of its DIDs, in the part's order (derived)
    max_calls: int  # 0: no limit of the tenant's own
    subscriber_shards: int


@dataclass(frozen=True, slots=True)
class Subscriber:
    subscriber_id: str
    username: str
    alias: str
    name: str
    suspended: bool
    area_code: str
    caller_id: str
    security_group_id: str
    date_range_id: str
    language: str
    forward_always: str
    forward_busy: str
    forward_no_answer: str
    forward_unreachable: str
    max_calls: int  # 0: no limit
    dial_timeout_s: int
    sip_ha1: str  # sealed for the SBC, see docs/interfaces.md
    softphone_ha1: str


@dataclass(frozen=True, slots=True)
class SubscribersPart:
    key: str
    version: int
    tenant_id: str
    by_id: Mapping[str, JsonObject]
    by_name: Mapping[str, JsonObject]  # username and alias, lower case
    # those asked for so far, by id: a part never changes, and each call asks for one or two
    read: dict[str, Subscriber] = field(default_factory=dict, compare=False, repr=False)


Part = SbcIndex | DidsPart | IspPart | TenantCore | SubscribersPart
