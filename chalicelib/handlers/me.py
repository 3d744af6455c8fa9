"""Who am I, to the API?"""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import PatchbayError
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.phones import PhoneView
from chalicelib.schemas.sessions import MeIsp, MeView
from chalicelib.storage.isps import find_isp
from chalicelib.storage.users import find_user
from chalicelib.workflows.show_phone import show_phone

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "GET",
    "/me",
    roles=("platform_admin", "isp_admin", "tenant_admin", "subscriber"),
    out=MeView,
    summary="Who is logged in, and to what",
)
def get_me(call: Call[Any]) -> Any:
    identity = call.identity
    user = None if identity.role == "subscriber" else find_user(identity.isp_id, identity.user_id)
    if user is None and identity.role != "subscriber":
        raise PatchbayError("not_authenticated")
    return MeView(
        user_id=identity.user_id,
        name=user.full_name if user else identity.name,
        role=identity.role,
        email=user.email if user else None,
        tenant_ids=list(identity.tenant_ids),
        acting_for=identity.acting_for or None,
        isp=_isp(identity.isp_id),
    )


def _isp(isp_id: str) -> MeIsp | None:
    found = find_isp(isp_id) if isp_id else None
    if found is None:
        return None
    return MeIsp(
        id=found.id,
        namespace=found.namespace,
        company=found.name,
        currency=found.currency,
        country=found.country,
        time_zone=found.time_zone,
    )


@endpoint(
    blueprint,
    "GET",
    "/me/phone",
    roles=("subscriber",),
    out=PhoneView,
    summary="What our browser phone registers with; never to be stored",
)
def get_phone(call: Call[Any]) -> PhoneView:
    return show_phone(call.identity)
