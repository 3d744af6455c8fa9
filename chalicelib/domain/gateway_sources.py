"""Which gateways an address belongs to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from chalicelib.domain.parts import GatewaySource, SbcIndex

# (IP version, prefix length) -> network address as integer -> gateways. A look-up costs one dictionary access per
# distinct prefix length, however many gateways there are.
_Table = Mapping[tuple[int, int], Mapping[int, tuple[GatewaySource, ...]]]

# By identity of the index's tuple, which the entry keeps alive so that the identity can't be reused.
_tables: OrderedDict[int, tuple[tuple[GatewaySource, ...], _Table]] = OrderedDict()
_MAX_TABLES = 8


def gateways_at(index: SbcIndex, src_ip: str, src_port: int) -> tuple[GatewaySource, ...]:
    """The gateways whose inbound calls come from this address, in the index's order; none for no address at all."""
    address = _parse(src_ip)
    if address is None:
        return ()
    bits, value = address.max_prefixlen, int(address)
    found: dict[str, GatewaySource] = {}
    for (version, length), networks in _table(index.gateways).items():
        if version == address.version:
            network = value >> (bits - length) << (bits - length)
            found.update((source.gateway_id, source) for source in networks.get(network, ()))
    matching = [source for source in found.values() if source.port is None or source.port == src_port]
    return tuple(matching)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _table(gateways: tuple[GatewaySource, ...]) -> _Table:
    known = _tables.get(id(gateways))
    if known is not None:
        return known[1]
    table = _build(gateways)
    _tables[id(gateways)] = (gateways, table)
    while len(_tables) > _MAX_TABLES:
        _tables.popitem(last=False)
    return table


def _build(gateways: tuple[GatewaySource, ...]) -> _Table:
    table: dict[tuple[int, int], dict[int, tuple[GatewaySource, ...]]] = {}
    for source in gateways:
        for text in source.networks:
            network = ip_network(text, strict=False)
            by_address = table.setdefault((network.version, network.prefixlen), {})
            key = int(network.network_address)
            by_address[key] = (*by_address.get(key, ()), source)
    return table
