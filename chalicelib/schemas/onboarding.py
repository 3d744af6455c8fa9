"""Signup and the steps of onboarding."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.schemas.common import Body, Currency, Id, LoginEmail, Name, Password, Token
from chalicelib.schemas.themes import ThemeView

NamespaceText = Annotated[str, StringConstraints(min_length=1, max_length=63)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
TimeZone = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Step = Literal["user", "isp", "theme", "plan", "finished"]


class SignupBody(Body):
    email: LoginEmail


class ConfirmBody(Body):
    token: Token


class OnboardingUserBody(Body):
    full_name: Name
    password: Password


class OnboardingIspBody(Body):
    namespace: NamespaceText = Field(description="A DNS label of 3 to 40 characters; never changes afterwards")
    currency: Currency = Field(description="ISO 4217; never changes afterwards")
    company: Name
    country: Country = Field(description="ISO 3166-1 alpha-2")
    time_zone: TimeZone = Field(description="IANA, such as Europe/Zurich")


class OnboardingPlanBody(Body):
    platform_plan_id: Id


class OnboardingUser(BaseModel):
    full_name: str


class OnboardingIsp(BaseModel):
    namespace: str
    currency: str
    company: str
    country: str
    time_zone: str


class OnboardingView(BaseModel):
    onboarding_id: str
    email: str
    step: Step = Field(description="The one to do next")
    user: OnboardingUser | None
    isp: OnboardingIsp | None
    theme: ThemeView | None


class ConfirmedView(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the type, not a token
    expires_in: int
    onboarding: OnboardingView
