"""Registered phones and live calls: as nodes report them, and as a tenant sees them. Nobody sees carriers here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from chalicelib.domain.live import MOST_CALLS, MOST_MORE_BUSY, MOST_MORE_REGISTERED, MOST_REGISTRATIONS
from chalicelib.schemas.calls import Direction, PartyView
from chalicelib.schemas.cdrs import AnyId, At, CallId
from chalicelib.schemas.common import Body, Id, Instant, PageQuery, View

SipTransport = Literal["udp", "tcp", "tls", "ws", "wss"]
CallState = Literal["ringing", "answered"]
Reach = Literal["reachable", "in_call", "unreachable", "unknown"]


def _cut(value: Any) -> Any:
    return value[:128] if isinstance(value, str) else value


CutText = Annotated[str, BeforeValidator(_cut)]


class LiveRegistration(Body):
    subscriber_id: Id
    username: CutText
    name: CutText
    transport: SipTransport
    address: CutText
    user_agent: CutText
    expires_at: At


class LiveParty(Body):
    subscriber_id: AnyId
    name: CutText
    number: CutText


class LiveCall(Body):
    call_id: CallId
    direction: Direction
    state: CallState
    caller: LiveParty
    called: LiveParty
    setup_at: At
    answered_at: At | None


class LiveReportBody(Body):
    tenant_id: Id
    registrations: list[LiveRegistration] = Field(max_length=MOST_REGISTRATIONS)
    calls: list[LiveCall] = Field(max_length=MOST_CALLS)
    registrations_total: int = Field(ge=0, le=10**7)
    calls_total: int = Field(ge=0, le=10**7)
    more_registered: list[Id] = Field(max_length=MOST_MORE_REGISTERED, description="Ids of those not listed")
    more_busy: list[Id] = Field(max_length=MOST_MORE_BUSY, description="Ids of those in calls not listed")
    complete: bool = Field(description="Nobody who is registered or in a call is left out")


class RegistrationView(View):
    subscriber_id: str
    username: str
    name: str
    transport: SipTransport
    address: str = Field(description="Where the phone's packets come from, host:port")
    user_agent: str
    expires_at: Instant


class LiveCallView(View):
    call_id: str
    direction: Direction
    state: CallState
    caller: PartyView
    called: PartyView
    setup_at: Instant
    answered_at: Instant | None


class LiveView(View):
    state: Literal["fresh", "waiting", "stale"] = Field(
        description="waiting: no node has reported yet; stale: none has for 40 s, the SBC is out of reach"
    )
    as_of: Instant | None
    registrations: list[RegistrationView]
    calls: list[LiveCallView]
    registrations_total: int
    calls_total: int
    more: bool = Field(description="There are more than are listed")


class HangUpView(View):
    """The order is on its way; the call is over when it has left the live state."""

    call_id: str


class ContactsQuery(PageQuery):
    search: str = Field(
        default="", max_length=100, description="Part of a name, username or alias; accents don't count"
    )


class ContactView(View):
    subscriber_id: str
    name: str
    username: str
    alias: str
    reach: Reach
