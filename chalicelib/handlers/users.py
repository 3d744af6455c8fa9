"""Users of an ISP: its admins and those of its tenants."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import PatchbayError
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.users import UserBody, UserView
from chalicelib.storage.users import USER, User
from chalicelib.workflows.invite_user import invite_user, invite_user_again
from chalicelib.workflows.prepare_user import prepare_user

blueprint = Blueprint(__name__)


def _view(user: User) -> UserView:
    fields = {name: getattr(user, name) for name in UserView.model_fields if name != "invited"}
    seen = int(user.last_login_at) or None
    return UserView.model_validate(fields | {"invited": not user.password_hash, "last_login_at": seen})


def _guard(call: Call[Any], user: User, values: dict[str, Any] | None) -> None:
    """Nobody locks oneself out: not deleted, suspended or given another role by one's own hand."""
    if user.id != call.identity.user_id:
        return
    if values is None or values["suspended"] or values["role"] != user.role:
        raise PatchbayError("own_user")


register(
    blueprint,
    Crud(
        noun=USER,
        level="isp",
        path="/users",
        body=UserBody,
        view_type=UserView,
        read=("isp_admin",),
        write=("isp_admin",),
        view=_view,
        values=lambda body: prepare_user(body.model_dump()),
        creates=False,
        guard=_guard,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/users",
    roles=("isp_admin",),
    body=UserBody,
    out=UserView,
    status=201,
    summary="Create a user, who is invited by mail to choose a password",
)
def create_user(call: Call[UserBody]) -> Any:
    return _view(invite_user(call.isp, call.body.model_dump(), language=call.language, actor=call.identity.actor()))


@endpoint(
    blueprint,
    "POST",
    "/users/{user_id}/invitation",
    roles=("isp_admin",),
    status=204,
    summary="Mail the invitation again",
)
def invite_again(call: Call[Any]) -> None:
    invite_user_again(call.isp, call.path["user_id"], language=call.language)
