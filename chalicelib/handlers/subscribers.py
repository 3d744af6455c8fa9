"""Subscribers of a tenant."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.subscribers import (
    NewSubscriberBody,
    NewSubscriberView,
    PasswordsBody,
    PasswordsView,
    SubscriberBody,
    SubscriberView,
)
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER, Subscriber
from chalicelib.workflows.change_passwords import change_passwords
from chalicelib.workflows.check_alias import check_alias
from chalicelib.workflows.create_subscriber import create_subscriber

blueprint = Blueprint(__name__)

PATH = "/tenants/{tenant_id}/subscribers"
ADMINS: tuple[Role, ...] = ("isp_admin", "tenant_admin")


def _values(body: SubscriberBody) -> dict[str, Any]:
    if body.visual_plan_id:
        raise field_error("visual_plan_id", say("no_such_visual_plan"), code="reference_not_found")
    return body.model_dump(exclude={"sip_password", "softphone_password"})


def _check_change(scope: TenantScope, before: Subscriber, after: dict[str, Any]) -> None:
    if before.alias != after["alias"]:
        check_alias(scope, after["alias"], field="alias")
    if before.username != after["username"]:
        raise PatchbayError("immutable", say("username_in_digests"))


@endpoint(
    blueprint,
    "POST",
    PATH,
    roles=ADMINS,
    body=NewSubscriberBody,
    out=NewSubscriberView,
    status=201,
    summary="Create a subscriber; the answer is the only one that shows the passwords",
)
def create(call: Call[NewSubscriberBody]) -> NewSubscriberView:
    check_alias(call.tenant, call.body.alias, field="alias")
    check_alias(call.tenant, call.body.username, field="username")
    subscriber, passwords = create_subscriber(
        call.tenant,
        _values(call.body),
        sip_password=call.body.sip_password,
        softphone_password=call.body.softphone_password,
        actor=call.identity.actor(),
    )
    shown = PasswordsView(sip=passwords.sip, softphone=passwords.softphone)
    return NewSubscriberView.model_validate(subscriber).model_copy(update={"passwords": shown})


register(
    blueprint,
    Crud(
        noun=SUBSCRIBER,
        level="tenant",
        path=PATH,
        body=SubscriberBody,
        view_type=SubscriberView,
        read=ADMINS,
        write=ADMINS,
        values=_values,
        check_change=_check_change,
        creates=False,
    ),
)


@endpoint(
    blueprint,
    "POST",
    PATH + "/{subscriber_id}/passwords",
    roles=ADMINS,
    body=PasswordsBody,
    out=PasswordsView,
    summary="Change passwords; the answer is the only one that shows them",
)
def new_passwords(call: Call[PasswordsBody]) -> PasswordsView:
    changed = change_passwords(
        call.tenant,
        call.path["subscriber_id"],
        sip=call.body.sip,
        softphone=call.body.softphone,
        actor=call.identity.actor(),
    )
    return PasswordsView(**changed)
