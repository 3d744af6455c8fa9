"""Logging in and staying logged in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.schemas.common import Body, LoginEmail, Password, Token

LoginNamespace = Annotated[str, StringConstraints(min_length=1, max_length=63, to_lower=True)]
OptionalToken = Annotated[str, StringConstraints(max_length=200)]
SipAddress = Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9._-]{1,40}@[A-Za-z0-9.-]{1,253}$")]


class LoginBody(Body):
    namespace: LoginNamespace
    email: LoginEmail
    password: Password


class SubscriberLoginBody(Body):
    address: SipAddress = Field(description="user@domain")
    password: Password = Field(description="The softphone password")


class RefreshBody(Body):
    refresh_token: OptionalToken = Field(default="", description="Left out: the cookie's (X-Session-Cookie)")


class PasswordResetBody(Body):
    namespace: LoginNamespace
    email: LoginEmail


class PasswordConfirmBody(Body):
    token: Token
    password: Password


class PasswordChangeBody(Body):
    current_password: Password
    new_password: Password


class AcceptedView(BaseModel):
    status: Literal["accepted"] = "accepted"


class TokensView(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the type, not a token
    expires_in: int = Field(description="Seconds; at most an hour, by default 15 minutes")
    refresh_token: str = Field(description="Good for one use, twice ends the session; empty when sent as a cookie")
    role: str


class AccessView(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the type, not a token
    expires_in: int
    role: str


class MeIsp(BaseModel):
    id: str
    namespace: str
    company: str
    currency: str
    country: str
    time_zone: str


class MeView(BaseModel):
    user_id: str
    name: str
    role: str
    email: str | None = None
    tenant_ids: list[str]
    acting_for: str | None = Field(description="Set in a View session: the ISP's user behind it")
    isp: MeIsp | None
