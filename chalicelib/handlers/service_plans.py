"""Service plans."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.service_plans import ServicePlanBody, ServicePlanCreateBody, ServicePlanView
from chalicelib.storage.records import create_record
from chalicelib.storage.service_plans import SERVICE_PLAN
from chalicelib.workflows.prepare_deck import check_currency

blueprint = Blueprint(__name__)

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
        creates=False,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/service-plans",
    roles=("isp_admin",),
    body=ServicePlanCreateBody,
    out=ServicePlanView,
    status=201,
    summary="Create a service plan; its currency stays",
)
def create_service_plan(call: Call[ServicePlanCreateBody]) -> ServicePlanView:
    values = call.body.model_dump() | {"currency": check_currency(call.body.currency)}
    return ServicePlanView.model_validate(create_record(call.isp, SERVICE_PLAN, values, actor=call.identity.actor()))
