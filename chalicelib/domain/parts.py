"""The snapshot parts as immutable values, read from the JSON of docs/interfaces.md.

A part is fetched, versioned and cached alone. ``parse_part`` validates the whole part before it returns, so that a
broken one can never replace a good one. Subscribers stay plain dictionaries until one is looked at: a tenant of
10,000 loads without building 10,000 objects.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from typing import Any, Literal, cast

from chalicelib.domain import fields
from chalicelib.domain.fields import FieldError, JsonObject

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


Part = SbcIndex | DidsPart | IspPart | TenantCore | SubscribersPart


def parse_part(body: Any) -> Part:
    """The part in a decoded JSON document. Raises ``PartError``."""
    if not isinstance(body, dict):
        raise PartError("a part is a JSON object")
    key = body.get("key")
    try:
        return _reader(fields.text(body, "key"))(body)
    except (FieldError, KeyError) as error:
        raise PartError(f"{key}: {error}") from error


def read_subscriber(source: JsonObject) -> Subscriber:
    return Subscriber(
        subscriber_id=fields.text(source, "subscriber_id"),
        username=fields.text(source, "username"),
        alias=fields.text(source, "alias", ""),
        name=fields.text(source, "name", ""),
        suspended=fields.flag(source, "suspended"),
        area_code=fields.text(source, "area_code", ""),
        caller_id=fields.text(source, "caller_id", ""),
        security_group_id=fields.text(source, "security_group_id", ""),
        date_range_id=fields.text(source, "date_range_id", ""),
        language=fields.text(source, "language", ""),
        forward_always=fields.text(source, "forward_always", ""),
        forward_busy=fields.text(source, "forward_busy", ""),
        forward_no_answer=fields.text(source, "forward_no_answer", ""),
        forward_unreachable=fields.text(source, "forward_unreachable", ""),
        max_calls=fields.integer(source, "max_calls", 0),
        dial_timeout_s=fields.integer(source, "dial_timeout_s", 30),
        sip_ha1=fields.text(source, "sip_ha1", ""),
        softphone_ha1=fields.text(source, "softphone_ha1", ""),
    )


def _reader(key: str) -> Callable[[JsonObject], Part]:
    match key.split("/"):
        case ["sbc", _, "index"]:
            return _sbc_index
        case ["sbc", _, "dids", _]:
            return _dids
        case ["isp", _]:
            return _isp
        case ["tenant", _, "core"]:
            return _core
        case ["tenant", _, "subscribers", _]:
            return _subscribers
    raise FieldError("key: not the key of a part")


def _tenant_ref(source: JsonObject) -> TenantRef:
    return TenantRef(fields.text(source, "isp_id"), fields.text(source, "tenant_id"))


def _sbc_index(body: JsonObject) -> SbcIndex:
    return SbcIndex(
        key=fields.text(body, "key"),
        version=fields.integer(body, "version"),
        sbc_id=fields.text(body, "sbc_id"),
        domains={name: _tenant_ref(ref) for name, ref in fields.child(body, "domains").items()},
        gateways=fields.items(body, "gateways", _gateway_source),
        allow_private_gateways=fields.flag(body, "allow_private_gateways"),
    )


def _gateway_source(source: JsonObject) -> GatewaySource:
    return GatewaySource(
        isp_id=fields.text(source, "isp_id"),
        carrier_id=fields.text(source, "carrier_id"),
        gateway_id=fields.text(source, "gateway_id"),
        networks=tuple(_network(text) for text in fields.texts(source, "networks")),
        port=fields.optional_integer(source, "port"),
    )


def _network(text: str) -> str:
    try:
        ip_network(text, strict=False)
    except ValueError as error:
        raise FieldError(f"networks: {error}") from error
    return text


def _dids(body: JsonObject) -> DidsPart:
    return DidsPart(
        key=fields.text(body, "key"),
        version=fields.integer(body, "version"),
        dids={
            number: fields.items({"owners": owners}, "owners", _tenant_ref)
            for number, owners in fields.child(body, "dids").items()
        },
    )


def _choice(source: JsonObject, name: str, allowed: tuple[str, ...], default: str) -> Any:
    value = fields.text(source, name, default)
    if value not in allowed:
        raise FieldError(f"{name}: {value!r} is none of {', '.join(allowed)}")
    return value


def _gateway(source: JsonObject) -> Gateway:
    return Gateway(
        gateway_id=fields.text(source, "gateway_id"),
        name=fields.text(source, "name"),
        host=fields.text(source, "host"),
        port=fields.integer(source, "port", 5060),
        transport=cast("Transport", _choice(source, "transport", ("udp", "tcp", "tls"), "udp")),
        display=fields.text(source, "display", ""),
        outbound_strip=fields.integer(source, "outbound_strip", 0),
        outbound_prefix=fields.text(source, "outbound_prefix", ""),
        inbound_strip=fields.integer(source, "inbound_strip", 0),
        inbound_prefix=fields.text(source, "inbound_prefix", ""),
        source_domain=fields.text(source, "source_domain", ""),
        source_user=fields.text(source, "source_user", ""),
        apply_to=cast("ApplyTo", _choice(source, "apply_to", ("e164", "original"), "e164")),
        add_pai=fields.flag(source, "add_pai"),
        codecs=fields.texts(source, "codecs") or ("PCMU", "PCMA"),
    )


def _carrier(source: JsonObject) -> Carrier:
    return Carrier(
        carrier_id=fields.text(source, "carrier_id"),
        name=fields.text(source, "name"),
        suspended=fields.flag(source, "suspended"),
        gateways=fields.items(source, "gateways", _gateway),
    )


def _rule(source: JsonObject) -> DialplanRule:
    return DialplanRule(
        name=fields.text(source, "name", ""),
        match=fields.text(source, "match"),
        subs=fields.text(source, "subs", ""),
        replacement=fields.text(source, "replacement", ""),
        kind=cast("RuleKind", _choice(source, "kind", ("number", "service"), "number")),
    )


def _dialplan(source: JsonObject) -> Dialplan:
    return Dialplan(
        dialplan_id=fields.text(source, "dialplan_id"),
        name=fields.text(source, "name"),
        country_code=fields.text(source, "country_code"),
        rules=fields.items(source, "rules", _rule),
    )


def _payment(source: JsonObject) -> tuple[str, Payment]:
    payment = cast("Payment", _choice(source, "payment", ("prepaid", "postpaid"), "postpaid"))
    return fields.text(source, "service_plan_id"), payment


def _isp(body: JsonObject) -> IspPart:
    return IspPart(
        key=fields.text(body, "key"),
        version=fields.integer(body, "version"),
        isp_id=fields.text(body, "isp_id"),
        suspended=fields.flag(body, "suspended"),
        carriers={carrier.carrier_id: carrier for carrier in fields.items(body, "carriers", _carrier)},
        dialplans={plan.dialplan_id: plan for plan in fields.items(body, "dialplans", _dialplan)},
        payments=dict(fields.items(body, "service_plans", _payment)),
    )


def _security_group(source: JsonObject) -> SecurityGroup:
    return SecurityGroup(
        security_group_id=fields.text(source, "security_group_id"),
        name=fields.text(source, "name"),
        prefixes=frozenset(fields.texts(source, "prefixes")),
    )


def read_time_rule(source: JsonObject) -> TimeRule:
    weekdays = fields.items(source, "weekdays", lambda day: fields.integer({"weekday": day}, "weekday"))
    return TimeRule(
        weekdays=frozenset(weekdays),
        start_minute=fields.integer(source, "start_minute", 0),
        end_minute=fields.integer(source, "end_minute", 24 * 60),
        dates=frozenset(fields.texts(source, "dates")),
        closed=fields.flag(source, "closed"),
    )


def read_date_range(source: JsonObject) -> DateRange:
    return DateRange(
        date_range_id=fields.text(source, "date_range_id"),
        name=fields.text(source, "name"),
        time_zone=fields.text(source, "time_zone"),
        rules=fields.items(source, "rules", read_time_rule),
    )


def _core(body: JsonObject) -> TenantCore:
    customer = fields.child(body, "customer")
    shards = fields.integer(body, "subscriber_shards", 1)
    if shards not in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        raise FieldError("subscriber_shards: a power of two up to 256")
    dids = {number: fields.text({number: owner}, number, "") for number, owner in fields.child(body, "dids").items()}
    groups = fields.items(body, "security_groups", _security_group)
    ranges = fields.items(body, "date_ranges", read_date_range)
    return TenantCore(
        key=fields.text(body, "key"),
        version=fields.integer(body, "version"),
        tenant_id=fields.text(body, "tenant_id"),
        isp_id=fields.text(body, "isp_id"),
        name=fields.text(body, "name"),
        domain=fields.text(body, "domain"),
        suspended=fields.flag(body, "suspended"),
        customer=CustomerRef(
            customer_id=fields.text(customer, "customer_id"),
            service_plan_id=fields.text(customer, "service_plan_id"),
            suspended=fields.flag(customer, "suspended"),
        ),
        carrier_id=fields.text(body, "carrier_id", ""),
        dialplan_id=fields.text(body, "dialplan_id", ""),
        country_code=fields.text(body, "country_code", ""),
        main_number=fields.text(body, "main_number", ""),
        caller_ids=frozenset(fields.texts(body, "caller_ids")),
        emergency_caller_id=fields.text(body, "emergency_caller_id", ""),
        security_groups={group.security_group_id: group for group in groups},
        date_ranges={date_range.date_range_id: date_range for date_range in ranges},
        dids=dids,
        first_dids={owner: number for number, owner in reversed(dids.items()) if owner},
        max_calls=fields.integer(body, "max_calls", 0),
        subscriber_shards=shards,
    )


def _subscribers(body: JsonObject) -> SubscribersPart:
    by_id: dict[str, JsonObject] = {}
    by_name: dict[str, JsonObject] = {}
    found = body.get("subscribers")
    if not isinstance(found, list):
        raise FieldError("subscribers: expected list")
    for source in found:
        subscriber_id, username = source.get("subscriber_id"), source.get("username")
        alias = source.get("alias") or ""
        if not (isinstance(subscriber_id, str) and isinstance(username, str) and isinstance(alias, str)):
            raise FieldError("subscribers: id, username and alias are text")
        by_id[subscriber_id] = source
        by_name[username.lower()] = source
        if alias:
            by_name[alias.lower()] = source
    return SubscribersPart(
        key=fields.text(body, "key"),
        version=fields.integer(body, "version"),
        tenant_id=fields.text(body, "tenant_id"),
        by_id=by_id,
        by_name=by_name,
    )
