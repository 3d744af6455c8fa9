"""Service decks: what a minute of each service costs."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import PatchbayError
from chalicelib.handlers.crud import Creation, Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import rfc3339
from chalicelib.schemas.decks import (
    ServiceDeckBody,
    ServiceDeckCreateBody,
    ServiceDeckVersionView,
    ServiceDeckView,
    ServiceEntryView,
)
from chalicelib.storage.service_decks import (
    SERVICE_DECK,
    ServiceDeckVersion,
    StoredServiceDeck,
    get_service_deck_version,
)
from chalicelib.workflows.prepare_deck import check_currency, service_entries, shown_service_entry

blueprint = Blueprint(__name__)


def _entries(found: StoredServiceDeck | ServiceDeckVersion) -> list[ServiceEntryView]:
    return [ServiceEntryView.model_construct(**shown_service_entry(entry)) for entry in found.entries]


def _view(record: StoredServiceDeck) -> ServiceDeckView:
    return ServiceDeckView.model_construct(
        id=record.id,
        version=int(record.version),
        created_at=int(record.created_at),
        updated_at=int(record.updated_at),
        name=record.name,
        currency=record.currency,
        deck_version=int(record.deck_version),
        entries=_entries(record),
    )


def _values(body: ServiceDeckBody) -> dict[str, Any]:
    return {"name": body.name, "entries": service_entries(body.entries)}


def _new_values(body: ServiceDeckCreateBody) -> dict[str, Any]:
    return _values(body) | {"currency": check_currency(body.currency)}


def _editable(record: StoredServiceDeck) -> dict[str, Any]:
    return {"name": record.name, "entries": [entry.model_dump() for entry in _entries(record)]}


register(
    blueprint,
    Crud(
        noun=SERVICE_DECK,
        level="isp",
        path="/service-decks",
        body=ServiceDeckBody,
        view_type=ServiceDeckView,
        read=("isp_admin",),
        write=("isp_admin",),
        view=_view,
        values=_values,
        editable=_editable,
        creation=Creation(ServiceDeckCreateBody, _new_values, "Create a service deck; its currency stays"),
    ),
)


@endpoint(
    blueprint,
    "GET",
    "/service-decks/{service_deck_id}/versions/{version}",
    roles=("isp_admin",),
    out=ServiceDeckVersionView,
    summary="The entries as they were in one version",
)
def get_service_deck_entries(call: Call[Any]) -> dict[str, Any]:
    version = call.path["version"]
    if not version.isdecimal() or len(version) > 9:
        raise PatchbayError("not_found")
    found = get_service_deck_version(call.isp.isp_id, call.path["service_deck_id"], int(version))
    return {
        "deck_id": found.deck_id,
        "deck_version": int(found.deck_version),
        "currency": found.currency,
        "entries": [entry.model_dump() for entry in _entries(found)],
        "created_at": rfc3339(int(found.created_at)),
        "created_by": found.created_by,
    }
