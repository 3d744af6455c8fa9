"""What would happen to a call."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.domain.sentences import SentenceError, say
from chalicelib.schemas.calls import StepView
from chalicelib.schemas.common import CONTROL, Body, Id, InstantText, OptionalId, View

Dialled = Annotated[str, StringConstraints(max_length=128, pattern=CONTROL)]


class FromGatewayBody(Body):
    carrier_id: Id
    gateway_id: Id


class ExplainCallBody(Body):
    subscriber_id: OptionalId = Field(default="", description="Who calls")
    gateway: FromGatewayBody | None = Field(default=None, description="Instead: where the call comes from; ISP only")
    dialled: Dialled = Field(description="As dialled, or as the gateway sends it")
    calling: Dialled = Field(default="", description="The caller's number as the gateway sends it")
    at: InstantText | None = Field(default=None, description="RFC 3339: when; without it, now")

    @model_validator(mode="after")
    def _one_caller(self) -> Self:
        if bool(self.subscriber_id) == (self.gateway is not None):
            raise SentenceError(say("subscriber_or_gateway"))
        return self


class ExplainedTargetView(View):
    kind: str
    called_number: str
    aor: str
    uri: str = ""
    next_hop: str = ""
    carrier_id: str = ""
    gateway_id: str = ""


class ExplainedStageView(View):
    timeout_s: int
    targets: list[ExplainedTargetView]


class ExplainedCallView(View):
    """``requests``: the INVITEs that gateways would get, for the ISP. ``unknown``: what only the SBC knows."""

    routed: bool
    code: str
    sip_status: int
    summary: str
    advice: str
    steps: list[StepView]
    stages: list[ExplainedStageView]
    requests: list[list[str]]
    unknown: list[str]
