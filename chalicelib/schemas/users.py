"""Users of an ISP."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chalicelib.schemas.common import Body, Id, Instant, LoginEmail, Name, RecordView


class UserBody(Body):
    email: LoginEmail
    full_name: Name
    role: Literal["isp_admin", "tenant_admin"]
    tenant_ids: list[Id] = Field(default=[], max_length=50, description="What a tenant admin administers")
    suspended: bool = False


class UserView(RecordView):
    email: str
    full_name: str
    role: str
    tenant_ids: list[str]
    suspended: bool
    last_login_at: Instant | None = Field(description="With the password; null: never")
    invited: bool = Field(description="Hasn't chosen a password yet")
