"""An SBC by its name: made unless it is there, and brought to what is wanted. Run at every start of a machine."""

from __future__ import annotations

from chalicelib.storage.records import change_record, create_record
from chalicelib.storage.sbcs import SBC, Sbc, find_sbc_by_name
from chalicelib.storage.scope import PlatformScope
from chalicelib.storage.transaction import SYSTEM, Actor


def create_sbc(
    name: str,
    address: str,
    *,
    websocket_url: str = "",
    region: str = "",
    allow_private_gateways: bool = False,
    actor: Actor = SYSTEM,
) -> Sbc:
    """The shared SBC of this name. ``address``: host:port for phones."""
    wanted = {
        "name": name,
        "address": address,
        "websocket_url": websocket_url,
        "region": region,
        "allow_private_gateways": allow_private_gateways,
    }
    found = find_sbc_by_name(name)
    if found is None:
        return create_record(PlatformScope(), SBC, wanted, actor=actor)
    if all(getattr(found, field) == value for field, value in wanted.items()):
        return found
    return change_record(PlatformScope(), SBC, found, wanted, expected_version=int(found.version), actor=actor)
