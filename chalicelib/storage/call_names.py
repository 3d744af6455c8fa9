"""Whose ids stand in calls: the tenants that records are sent for, and names to show instead of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.carriers import CARRIER, Carrier
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.rate_decks import RATE_DECK
from chalicelib.storage.service_decks import SERVICE_DECK
from chalicelib.storage.subscribers import Subscriber
from chalicelib.storage.tenants import Tenant


def find_tenants(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Tenant]:
    """Tenants by (ISP id, tenant id), also those deleted in the last 30 days, whose last calls are still to come. One
    read for every 50."""
    places: dict[tuple[str, str], tuple[str, str]] = {}
    for isp_id, tenant_id in wanted:
        for prefix in ("", keys.DELETED):
            places[keys.isp(isp_id), f"{prefix}TENANT#{tenant_id}"] = (isp_id, tenant_id)
    found = database().get_many(Tenant, list(places))
    return {places[str(tenant.pk), str(tenant.sk)]: tenant for tenant in found}


def names_in_calls(isp_id: str, summaries: Iterable[dict[str, Any]], *, deck_ids: Iterable[str] = ()) -> dict[str, str]:
    """The names of the subscribers, tenants, customers, carriers and gateways in these calls, and of decks, by id. One
    read for every 100; what is gone has no name."""
    wanted = {key for summary in summaries for key in _keys(isp_id, summary)}
    wanted |= {(keys.isp(isp_id), noun.sk(deck_id)) for deck_id in deck_ids for noun in (RATE_DECK, SERVICE_DECK)}
    names: dict[str, str] = {}
    for item in database().get_many(Item, sorted(wanted)):
        names.update(_names(item))
    return names


def _keys(isp_id: str, summary: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for subscriber_id in summary["subscriber_ids"]:
        yield keys.tenant(summary["tenant_id"]), keys.subscriber_sk(subscriber_id)
    yield keys.isp(isp_id), f"TENANT#{summary['tenant_id']}"
    yield keys.isp(isp_id), CUSTOMER.sk(summary["customer_id"])
    if summary["carrier_id"]:
        yield keys.isp(isp_id), CARRIER.sk(summary["carrier_id"])


def _names(item: Item) -> Iterator[tuple[str, str]]:
    name = str(getattr(item, "name", ""))
    if isinstance(item, Subscriber):
        name = name or item.username
    if isinstance(item, Carrier):
        yield from ((gateway["gateway_id"], gateway["name"]) for gateway in item.gateways)
    yield str(getattr(item, "id", "")), name
