"""What routing decides, as plain data: a route plan (an automaton of stages) or a refusal, each with its trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Direction = Literal["internal", "outbound", "inbound"]
LegKind = Literal["sip", "pstn"]
Outcome = Literal["busy", "no_answer", "unreachable", "failure", "rejected"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One INVITE. ``domain``/``username`` are the authenticated ones of a phone; a gateway has only its address."""

    source: Literal["phone", "gateway"]
    dialled: str
    domain: str = ""
    username: str = ""
    src_ip: str = ""
    src_port: int = 0
    calling: str = ""  # user part of P-Asserted-Identity or From, as received from a gateway
    display: str = ""
    privacy: bool = False


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One decision: a stable code and the facts it rests on. ``explain`` renders it in plain words."""

    code: str
    facts: Mapping[str, Any]
    private: bool = False  # about carriers and gateways: never shown to a tenant


@dataclass(frozen=True, slots=True)
class Counter:
    """A place in a limited number of calls, taken at admission under the call id; limit 0 means counted only."""

    key: str  # "subscriber/<id>", "tenant/<id>", "gateway/<id>"
    limit: int


@dataclass(frozen=True, slots=True)
class Target:
    """One side to ring. ``aor``: its registered contacts; else ``uri`` through ``next_hop``."""

    leg_kind: LegKind
    aor: str = ""
    uri: str = ""
    next_hop: str = ""
    from_uri: str = ""
    from_display: str = ""  # ready for the header: quoted and escaped, or empty
    headers: tuple[str, ...] = ()  # whole header lines without line ends
    subscriber_id: str = ""
    carrier_id: str = ""
    gateway_id: str = ""
    called_number: str = ""
    codecs: tuple[str, ...] = ()
    charged_subscriber_id: str = ""  # who pays a PSTN leg: the caller, or the forwarder
    counters: tuple[Counter, ...] = ()
    subscriber_name: str = ""  # as it was shown at the time of the call


@dataclass(frozen=True, slots=True)
class Stage:
    """Targets rung at once for ``timeout_s``; ``next``: the stage after each outcome (absent: the call ends)."""

    targets: tuple[Target, ...]
    timeout_s: int
    next: Mapping[Outcome, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallParty:
    """Who calls, as far as is known."""

    subscriber_id: str = ""
    name: str = ""
    number: str = ""
    carrier_id: str = ""
    gateway_id: str = ""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the CDR needs to know of the attempt, whether it was routed or refused."""

    direction: Direction
    isp_id: str
    tenant_id: str
    customer_id: str
    caller: CallParty
    dialled: str
    calling_number: str = ""
    called_number: str = ""
    did: str = ""
    service_number: bool = False


@dataclass(frozen=True, slots=True)
class RoutePlan:
    facts: CallFacts
    counters: tuple[Counter, ...]  # of the caller's side, taken before the first stage
    stages: tuple[Stage, ...]
    max_duration_s: int
    trace: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """``facts`` is None when no tenant could be identified: such calls make no CDR."""

    code: str
    sip_status: int
    reason: str  # the SIP reason phrase; says nothing that helps an attacker
    facts: CallFacts | None
    trace: tuple[TraceStep, ...]
