"""Customers' own domains."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.domains import DomainBody, DomainView, TxtRecord
from chalicelib.storage.domains import DOMAIN, Domain
from chalicelib.workflows.verify_domain import add_domain, txt_name, txt_value, verify_domain

blueprint = Blueprint(__name__)


def _view(record: Domain) -> DomainView:
    return DomainView(
        id=record.id,
        version=int(record.version),
        created_at=int(record.created_at),
        updated_at=int(record.updated_at),
        domain=record.domain,
        verified_at=int(record.verified_at) or None,
        txt_record=TxtRecord(name=txt_name(record.domain), value=txt_value(record.token)),
    )


register(
    blueprint,
    Crud(
        noun=DOMAIN,
        level="isp",
        path="/domains",
        body=DomainBody,
        view_type=DomainView,
        read=("isp_admin",),
        write=("isp_admin",),
        view=_view,
        creates=False,
        changes=False,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/domains",
    roles=("isp_admin",),
    body=DomainBody,
    out=DomainView,
    status=201,
    summary="Add a customer's own domain, to be verified",
)
def create_domain(call: Call[DomainBody]) -> DomainView:
    return _view(add_domain(call.isp, call.body.domain, actor=call.identity.actor()))


@endpoint(
    blueprint,
    "POST",
    "/domains/{domain_id}/verify",
    roles=("isp_admin",),
    out=DomainView,
    summary="Look for the TXT record; once found the domain can be used",
    name="verify_domain",
)
def verify(call: Call[Any]) -> DomainView:
    return _view(verify_domain(call.isp, call.path["domain_id"], actor=call.identity.actor()))
