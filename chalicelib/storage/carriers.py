"""Carriers with their ordered gateways. A gateway's source addresses stand in the index of every SBC of the ISP."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from chalicelib.domain.parts import index_key, isp_key
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.isp_sbcs import advance_sbc_set, check_sbc_set, sbc_set
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Transaction


class Carrier(Record, discriminator="Carrier"):
    name = UnicodeAttribute()
    suspended = BooleanAttribute(default=False)
    gateways = JSONAttribute(default=list)  # in the order they are tried; fields: schemas/carriers.py


class GatewayEntry(Item, discriminator="GatewayEntry"):
    """One gateway in one SBC's index: where its inbound calls come from."""

    isp_id = UnicodeAttribute()
    carrier_id = UnicodeAttribute()
    gateway_id = UnicodeAttribute()
    networks = JSONAttribute(default=list)
    port = JSONAttribute(null=True)


INLINE_GATEWAYS = 20  # with a tenant's own entries they still fit one transaction


def gateway_sk(gateway_id: str) -> str:
    return f"GATEWAY#{gateway_id}"


def put_gateway_entries(tx: Transaction, isp_id: str, carrier: Carrier, sbc_ids: list[str]) -> None:
    for sbc_id in sbc_ids:
        for entry in _entries(isp_id, carrier, sbc_id):
            tx.put(entry)


def bring_gateways(tx: Transaction, isp_id: str, sbc_id: str) -> None:
    """All the ISP's gateways into the index of an SBC that begins to serve it. Too many for the transaction are put
    before it: that they can't change in between is proven by the version of the ISP's set of SBCs. If it is refused
    they stay behind, and lead to no tenant."""
    entries = [entry for carrier in carriers_of_isp(isp_id) for entry in _entries(isp_id, carrier, sbc_id)]
    if len(entries) > INLINE_GATEWAYS:
        database().put_many(entries)
        return
    for entry in entries:
        tx.put(entry)


def remove_gateways(tx: Transaction, isp_id: str, sbc_id: str) -> None:
    """All the ISP's gateways from the index of an SBC that ceases to serve it: too many for a transaction, after it."""
    entries = [entry for carrier in carriers_of_isp(isp_id) for entry in _entries(isp_id, carrier, sbc_id)]
    if len(entries) > INLINE_GATEWAYS:
        tx.afterwards(lambda: database().delete_many([(entry.pk, entry.sk) for entry in entries]))
        tx.afterwards(lambda: _bump_index(sbc_id))
        return
    for entry in entries:
        tx.delete(entry.pk, entry.sk)


def _entries(isp_id: str, carrier: Carrier, sbc_id: str) -> list[GatewayEntry]:
    return [
        GatewayEntry(
            pk=keys.sbc_index(sbc_id),
            sk=gateway_sk(gateway["gateway_id"]),
            isp_id=isp_id,
            carrier_id=carrier.id,
            gateway_id=gateway["gateway_id"],
            networks=gateway["networks"],
            port=gateway["source_port"],
        )
        for gateway in carrier.gateways
    ]


def _bump_index(sbc_id: str) -> None:
    tx = Transaction()
    tx.bump(index_key(sbc_id), [sbc_id])
    tx.commit()


def _effects(scope: IspScope, tx: Transaction, before: Carrier | None, after: Carrier | None) -> None:
    seen = sbc_set(scope.isp_id)
    sbc_ids = seen.sbc_ids
    tx.bump(isp_key(scope.isp_id), sbc_ids)
    if _sources(before) == _sources(after):
        check_sbc_set(tx, scope.isp_id, seen)
        return
    advance_sbc_set(tx, scope.isp_id, seen)
    left = {gateway["gateway_id"] for gateway in after.gateways} if after else set()
    for sbc_id in sbc_ids:
        tx.bump(index_key(sbc_id), [sbc_id])
        for gateway in before.gateways if before else []:
            if gateway["gateway_id"] not in left:
                tx.delete(keys.sbc_index(sbc_id), gateway_sk(gateway["gateway_id"]))
    if after is not None:
        put_gateway_entries(tx, scope.isp_id, after, sbc_ids)


def _sources(carrier: Carrier | None) -> list[Any]:
    return [(g["gateway_id"], g["networks"], g["source_port"]) for g in carrier.gateways] if carrier else []


CARRIER = Noun("carrier", "car", "CARRIER#", Carrier, effects=_effects, referable=True)


def carriers_of_isp(isp_id: str) -> list[Carrier]:
    return database().all(Carrier, keys.isp(isp_id), prefix=CARRIER.sk_prefix)
