"""Carriers with their ordered gateways."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.crud import Crud, register
from chalicelib.schemas.carriers import CarrierBody, CarrierView
from chalicelib.storage.carriers import CARRIER
from chalicelib.workflows.prepare_gateways import prepare_gateways

blueprint = Blueprint(__name__)


def _values(body: CarrierBody) -> dict[str, Any]:
    values = body.model_dump()
    return values | {"gateways": prepare_gateways(values["gateways"])}


register(
    blueprint,
    Crud(
        noun=CARRIER,
        level="isp",
        path="/carriers",
        body=CarrierBody,
        view_type=CarrierView,
        read=("isp_admin",),
        write=("isp_admin",),
        values=_values,
    ),
)
