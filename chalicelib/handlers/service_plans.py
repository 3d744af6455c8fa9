"""Service plans."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.crud import Creation, Crud, register
from chalicelib.schemas.service_plans import ServicePlanBody, ServicePlanCreateBody, ServicePlanView
from chalicelib.storage.service_plans import SERVICE_PLAN
from chalicelib.workflows.prepare_deck import check_currency

blueprint = Blueprint(__name__)


def _new_values(body: ServicePlanCreateBody) -> dict[str, Any]:
    return body.model_dump() | {"currency": check_currency(body.currency)}


register(
    blueprint,
    Crud(
        noun=SERVICE_PLAN,
        level="isp",
        path="/service-plans",
        body=ServicePlanBody,
        view_type=ServicePlanView,
        read=("isp_admin",),
        write=("isp_admin",),
        creation=Creation(ServicePlanCreateBody, _new_values, "Create a service plan; its currency stays"),
    ),
)
