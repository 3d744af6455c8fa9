"""An ISP's own settings."""

from __future__ import annotations

from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say
from chalicelib.schemas.isps import IspPatch
from chalicelib.storage.isps import Isp, change_isp, get_isp
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.check_place import check_place

FIXED = {"namespace": say("namespace_fixed"), "currency": say("currency_fixed")}


def change_own_isp(isp_id: str, body: IspPatch, *, expected_version: int, actor: Actor) -> Isp:
    isp = get_isp(isp_id)
    for name, refused in FIXED.items():
        if getattr(body, name) not in (None, getattr(isp, name)):
            raise field_error(name, refused, code="immutable")
    check_place(country=body.country, time_zone=body.time_zone)
    changes = body.model_dump(exclude_none=True, exclude={"namespace", "currency"})
    if "company" in changes:
        changes["name"] = changes.pop("company")
    return change_isp(isp, changes, expected_version=expected_version, actor=actor)
