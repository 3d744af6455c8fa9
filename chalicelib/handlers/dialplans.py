"""Dialplans, their presets and the rule tester."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.dialplan_presets import presets
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.dialplans import (
    DialplanBody,
    DialplanCreateBody,
    DialplanTestBody,
    DialplanTestView,
    DialplanView,
    PresetList,
    UnsavedDialplanTestBody,
)
from chalicelib.storage.dialplans import DIALPLAN
from chalicelib.storage.records import create_record, get_record
from chalicelib.workflows.prepare_dialplan import check_rules, dialplan_from_preset
from chalicelib.workflows.try_dialplan import try_dialplan

blueprint = Blueprint(__name__)


def _values(body: DialplanBody) -> dict[str, Any]:
    values = body.model_dump()
    check_rules(values["rules"])
    return values


register(
    blueprint,
    Crud(
        noun=DIALPLAN,
        level="isp",
        path="/dialplans",
        body=DialplanBody,
        view_type=DialplanView,
        read=("isp_admin",),
        write=("isp_admin",),
        values=_values,
        creates=False,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/dialplans",
    roles=("isp_admin",),
    body=DialplanCreateBody,
    out=DialplanView,
    status=201,
    summary="Create a dialplan, from a preset or from rules",
)
def create_dialplan(call: Call[DialplanCreateBody]) -> DialplanView:
    values = dialplan_from_preset(_values(call.body), call.language)
    record = create_record(call.isp, DIALPLAN, values, actor=call.identity.actor())
    return DialplanView.model_validate(record)


@endpoint(blueprint, "GET", "/dialplan-presets", roles=("isp_admin",), out=PresetList, summary="Ready dialplans")
def list_dialplan_presets(call: Call[Any]) -> PresetList:
    return PresetList.model_validate({"items": [asdict(preset) for preset in presets(call.language).values()]})


@endpoint(
    blueprint,
    "POST",
    "/dialplans/{dialplan_id}/test",
    roles=("isp_admin",),
    body=DialplanTestBody,
    out=DialplanTestView,
    summary="What this dialplan makes of a number",
)
def try_stored_dialplan(call: Call[DialplanTestBody]) -> DialplanTestView:
    found = get_record(call.isp, DIALPLAN, call.path["dialplan_id"])
    country_code = found.country_code if call.body.country_code is None else call.body.country_code
    return try_dialplan(
        check_rules(found.rules),
        call.body.dialled,
        country_code=country_code,
        area_code=call.body.area_code,
        language=call.language,
    )


@endpoint(
    blueprint,
    "POST",
    "/dialplan-tests",
    roles=("isp_admin",),
    body=UnsavedDialplanTestBody,
    out=DialplanTestView,
    summary="What rules that aren't saved yet make of a number",
)
def try_unsaved_rules(call: Call[UnsavedDialplanTestBody]) -> DialplanTestView:
    rules = check_rules([rule.model_dump() for rule in call.body.rules])
    return try_dialplan(
        rules,
        call.body.dialled,
        country_code=call.body.country_code,
        area_code=call.body.area_code,
        language=call.language,
    )
