"""Gateways as stored: each with an id and with the networks that its inbound calls come from."""

from __future__ import annotations

import ipaddress
import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.domain.errors import field_error
from chalicelib.domain.ids import is_id, new_id
from chalicelib.domain.sentences import say
from chalicelib.settings import settings

Resolve = Callable[[str], Sequence[str]]


def resolve_host(host: str) -> list[str]:
    """The addresses of a host name; none if it doesn't resolve (yet)."""
    try:
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None)})
    except OSError:
        return []


def prepare_gateways(gateways: list[dict[str, Any]], *, resolve: Resolve = resolve_host) -> list[dict[str, Any]]:
    """Raises ``invalid_request`` naming the gateway's field."""
    return [_prepare(gateway, f"gateways.{place}", resolve) for place, gateway in enumerate(gateways)]


def _prepare(gateway: dict[str, Any], field: str, resolve: Resolve) -> dict[str, Any]:
    networks = [_network(text, f"{field}.networks") for text in gateway["networks"] or resolve(gateway["host"])]
    if not settings().allow_private_gateways:
        for network in networks:
            if network.is_private or network.is_loopback or network.is_multicast or network.is_unspecified:
                raise field_error(f"{field}.networks", say("network_not_public", network=str(network)))
    known = is_id("gw", gateway["gateway_id"])
    gateway_id = gateway["gateway_id"] if known else new_id("gw", now_ms=_now_ms(), random_bytes=os.urandom(10))
    return gateway | {"gateway_id": gateway_id, "networks": [str(network) for network in networks]}


def _network(text: str, field: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise field_error(field, say("no_address_or_network", text=text)) from error
    if network.prefixlen < (8 if network.version == 4 else 32):
        raise field_error(field, say("network_too_wide", text=text))
    return network


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
