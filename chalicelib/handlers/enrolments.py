"""One-time keys by which machines become nodes of an SBC: made by the platform, used by a machine that boots."""

from __future__ import annotations

import time
from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.enrolments import (
    EnrolBody,
    EnrolledView,
    EnrolmentBody,
    EnrolmentList,
    EnrolmentView,
    NewEnrolmentView,
)
from chalicelib.settings import settings
from chalicelib.storage.enrolments import delete_enrolment, open_enrolments
from chalicelib.storage.records import get_record
from chalicelib.storage.sbcs import SBC
from chalicelib.storage.scope import PlatformScope
from chalicelib.workflows.create_enrolment import create_enrolment
from chalicelib.workflows.enrol_by_key import enrol_by_key

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/platform/sbcs/{sbc_id}/enrolments",
    roles=("platform_admin",),
    body=EnrolmentBody,
    out=NewEnrolmentView,
    status=201,
    summary="Make a one-time key with which a machine enrols as a node; shown this once",
    name="create_sbc_enrolment",
)
def create(call: Call[EnrolmentBody]) -> NewEnrolmentView:
    made = create_enrolment(call.path["sbc_id"], call.body.name, replace=call.body.replace, actor=call.identity.actor())
    shown = EnrolmentView.model_validate(made.enrolment)
    return NewEnrolmentView(key=made.key, **{name: getattr(shown, name) for name in EnrolmentView.model_fields})


@endpoint(
    blueprint,
    "GET",
    "/platform/sbcs/{sbc_id}/enrolments",
    roles=("platform_admin",),
    out=EnrolmentList,
    summary="One-time keys of an SBC that are neither used nor expired",
    name="list_sbc_enrolments",
)
def list_open(call: Call[Any]) -> EnrolmentList:
    sbc = get_record(PlatformScope(), SBC, call.path["sbc_id"])
    found = open_enrolments(sbc.id, now_ms=time.time_ns() // 1_000_000)
    return EnrolmentList(items=[EnrolmentView.model_validate(each) for each in found])


@endpoint(
    blueprint,
    "DELETE",
    "/platform/sbcs/{sbc_id}/enrolments/{enrolment_id}",
    roles=("platform_admin",),
    status=204,
    summary="Revoke a one-time key",
    name="revoke_sbc_enrolment",
)
def revoke(call: Call[Any]) -> None:
    delete_enrolment(call.path["sbc_id"], call.path["enrolment_id"], actor=call.identity.actor())


@endpoint(
    blueprint,
    "POST",
    "/sbc/enrol",
    roles=(),
    body=EnrolBody,
    out=EnrolledView,
    status=201,
    summary="Become the node that a one-time key was made for",
    name="enrol_by_key",
)
def enrol(call: Call[EnrolBody]) -> EnrolledView:
    body = call.body
    made = enrol_by_key(body.key, node_key=body.node_key, with_queue=body.queue, source_ip=call.source_ip)
    config = settings()
    return EnrolledView(
        sbc_id=made.sbc.id,
        sbc_name=made.sbc.name,
        node=made.node.name,
        node_key=made.node.node_key,
        seal_key=made.node.seal_key,
        queue_url=made.node.queue_url,
        queue_region=config.region if made.node.queue_url else "",
        address=made.sbc.address,
        websocket_url=made.sbc.websocket_url,
        public_url=config.public_url,
        platform_domain=config.platform_domain,
        stage=config.stage,
    )
