"""The call detail record as SBC nodes send it (docs/interfaces.md, "CDR")."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from chalicelib.domain.ids import id_time_ms
from chalicelib.domain.sentences import SentenceError, say
from chalicelib.schemas.common import LENIENT, Body, View

MAX_CDRS = 100
MAX_CLOCK_ERROR_MS = 86_400_000


def _cut(value: Any) -> Any:
    """What strangers choose (a User-Agent) may be of any length; a call isn't lost over it."""
    return value[:500] if isinstance(value, str) else value


FreeText = Annotated[str, BeforeValidator(_cut)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
AnyId = Annotated[str, StringConstraints(max_length=64, pattern=r"^([a-z]+_[0-9A-Z]{26})?$")]
At = Annotated[int, Field(ge=0, le=10**14)]
SipStatus = Annotated[int, Field(ge=0, le=699)]


CallId = Annotated[str, StringConstraints(pattern=r"^call_[0-7][0-9A-HJKMNP-TV-Z]{25}$")]


class Recorded(Body):
    """From a node, which may be of a later release: a call isn't lost over a field that this one doesn't know."""

    model_config = LENIENT


class CdrCaller(Recorded):
    subscriber_id: AnyId = ""
    name: FreeText = ""
    number: FreeText = ""
    carrier_id: AnyId = ""
    gateway_id: AnyId = ""


class CdrRefusal(Recorded):
    code: Code
    sip_status: SipStatus
    reason: FreeText


class CdrLeg(Recorded):
    leg: Annotated[str, StringConstraints(pattern=r"^(a|b[1-9][0-9]{0,2})$")]
    kind: Literal["did", "sip", "pstn"]
    subscriber_id: AnyId = ""
    subscriber_name: FreeText = ""
    charged_subscriber_id: AnyId = ""
    carrier_id: AnyId = ""
    gateway_id: AnyId = ""
    called_number: FreeText = ""
    setup_at: At
    answered_at: At | None = None
    ended_at: At
    sip_status: SipStatus


class CdrStep(Recorded):
    code: Code
    facts: dict[str, Any]
    private: bool = False


class Cdr(Recorded):
    call_id: CallId
    sbc_id: AnyId
    node: Annotated[str, StringConstraints(max_length=64)]
    isp_id: AnyId
    tenant_id: AnyId
    customer_id: AnyId
    direction: Literal["internal", "outbound", "inbound"]
    caller: CdrCaller
    dialled: FreeText
    calling_number: FreeText
    called_number: FreeText
    did: FreeText
    service_number: bool = False
    setup_at: At
    answered_at: At | None = None
    ended_at: At
    pdd_ms: Annotated[int, Field(ge=0, le=10**9)] | None = None
    sip_status: SipStatus
    q850_cause: Annotated[int, Field(ge=0, le=127)]
    hangup_by: Literal["caller", "callee", "timeout", "media", "system", ""]
    estimated: bool = False
    refusal: CdrRefusal | None = None
    sip_call_id: FreeText = ""
    user_agent: FreeText = ""
    src_ip: FreeText = ""
    legs: list[CdrLeg] = Field(default=[], max_length=200)
    trace: list[CdrStep] = Field(default=[], max_length=1000)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [leg.leg for leg in self.legs]
        if len(set(names)) != len(names):
            raise SentenceError(say("two_legs_alike"))
        if abs(id_time_ms(self.call_id) - self.setup_at) > MAX_CLOCK_ERROR_MS:
            raise SentenceError(say("setup_at_differs"))
        return self


class CdrsBody(Body):
    """Each record is judged alone, so that a broken one never holds up the others."""

    cdrs: list[Any] = Field(max_length=MAX_CDRS)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """By the lenient parser: pydantic's own refuses the whole document for one half surrogate in a text."""
        return cls.model_validate(json.loads(json_data), **options)


class CdrResultView(View):
    call_id: str
    status: Literal["stored", "duplicate", "rejected"]
    code: str = ""
    message: str = ""


class CdrResultsView(View):
    results: list[CdrResultView]
