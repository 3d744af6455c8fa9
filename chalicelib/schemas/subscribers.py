"""Subscribers. Passwords go in or are made, and come out once, in the answer that made them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from chalicelib.domain.sentences import SentenceError, say
from chalicelib.schemas.common import Body, OptionalE164, OptionalId, RecordView, ShortText, View

Username = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
]
Alias = Annotated[str, StringConstraints(max_length=20, pattern=r"^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$")]
OptionalEmail = Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$")]
Password = Annotated[str, StringConstraints(pattern=r"^([\x21-\x7e]{10,64})?$")]
ForwardTo = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z+*#._-]*$")]
AreaCode = Annotated[str, StringConstraints(max_length=6, pattern=r"^[0-9]*$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Group = Annotated[int, Field(ge=1, le=9999)]


class SubscriberFields(Body):
    alias: Alias = Field(default="", description="Short number, usually the extension")
    name: ShortText = Field(default="", description="Shown to whom this subscriber calls")
    email: OptionalEmail = Field(default="", description="For notices and voicemail, not for login")
    area_code: AreaCode = Field(default="", description="Dialled numbers without one get it (_AC)")
    caller_id: OptionalE164 = Field(default="", description="Shown to the PSTN instead of the subscriber's own number")
    security_group_id: OptionalId = Field(default="", description="What may be called outside; none: nothing")
    date_range_id: OptionalId = Field(default="", description="Business hours")
    visual_plan_id: OptionalId = Field(default="", description="Flow for received calls")
    voicemail_to_email: bool = False
    language: Language = "en-US"
    call_group: Group = 1
    pickup_group: Group = 1
    forward_always: ForwardTo = Field(default="", description="Username, alias or number")
    forward_busy: ForwardTo = ""
    forward_no_answer: ForwardTo = ""
    forward_unreachable: ForwardTo = Field(default="", description="Empty: as on no answer")
    max_calls: int = Field(default=2, ge=0, le=1000, description="At once, both directions; 0: no limit")
    dial_timeout_s: int = Field(default=30, ge=5, le=180)
    suspended: bool = False

    @model_validator(mode="after")
    def _needs(self) -> SubscriberFields:
        if self.voicemail_to_email and not self.email:
            raise SentenceError(say("voicemail_needs_email"))
        return self


class SubscriberBody(SubscriberFields):
    username: Username = Field(description="Authentication user; can't be changed later")


class NewSubscriberBody(SubscriberBody):
    sip_password: Password = Field(default="", description="Empty: one is made")
    softphone_password: Password = Field(default="", description="Empty: one is made")


class SubscriberView(RecordView):
    username: str
    alias: str
    name: str
    email: str
    area_code: str
    caller_id: str
    security_group_id: str
    date_range_id: str
    visual_plan_id: str
    voicemail_to_email: bool
    language: str
    call_group: int
    pickup_group: int
    forward_always: str
    forward_busy: str
    forward_no_answer: str
    forward_unreachable: str
    max_calls: int
    dial_timeout_s: int
    suspended: bool


class PasswordsView(View):
    """Shown once: only digests of them are kept."""

    sip: str | None = None
    softphone: str | None = None


class NewSubscriberView(SubscriberView):
    passwords: PasswordsView = PasswordsView()


class PasswordsBody(Body):
    """A field left out keeps that password; an empty text makes a new one."""

    sip: Password | None = None
    softphone: Password | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_at_least(cls, values: Any) -> Any:
        if isinstance(values, dict) and not values:
            raise SentenceError(say("which_password"))
        return values
