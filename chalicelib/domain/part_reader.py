"""Reads snapshot parts from their JSON (docs/interfaces.md).

``parse_part`` validates the whole part before it returns, so that a broken one can never replace a good one.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any, cast

from chalicelib.domain import fields
from chalicelib.domain.fields import FieldError, JsonObject
from chalicelib.domain.parts import (
    ApplyTo,
    Carrier,
    CustomerRef,
    DateRange,
    Dialplan,
    DialplanRule,
    DidsPart,
    Gateway,
    GatewaySource,
    IspPart,
    Part,
    PartError,
    Payment,
    RuleKind,
    SbcIndex,
    SecurityGroup,
    Subscriber,
    SubscribersPart,
    TenantCore,
    TenantRef,
    TimeRule,
    Transport,
)


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
