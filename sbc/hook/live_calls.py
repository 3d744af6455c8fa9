"""Calls that are being set up or up: their state, how it is journaled, and the register of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.plan import Attempt, Counter, RoutePlan, Target, TraceStep


@dataclass(frozen=True, slots=True)
class Invite:
    """The INVITE as Kamailio reports it: what routing looks at, and what only the record keeps."""

    attempt: Attempt
    transport: str = ""
    sip_call_id: str = ""
    user_agent: str = ""

    @property
    def media(self) -> str:
        return "webrtc" if self.transport.lower() in {"ws", "wss"} else "rtp"


def read_invite(body: JsonObject) -> Invite:
    """Raises ``FieldError``."""
    source = fields.text(body, "source")
    if source not in {"phone", "gateway"}:
        raise fields.FieldError("source: phone or gateway")
    attempt = Attempt(
        source="phone" if source == "phone" else "gateway",
        dialled=fields.text(body, "dialled", ""),
        domain=fields.text(body, "domain", ""),
        username=fields.text(body, "user", ""),
        src_ip=fields.text(body, "src_ip", ""),
        src_port=fields.integer(body, "src_port", 0),
        calling=fields.text(body, "calling", ""),
        display=fields.text(body, "display", ""),
        privacy=fields.flag(body, "privacy"),
    )
    return Invite(
        attempt=attempt,
        transport=fields.text(body, "transport", ""),
        sip_call_id=fields.text(body, "sip_call_id", ""),
        user_agent=fields.text(body, "user_agent", ""),
    )


@dataclass(slots=True)
class Leg:
    """One side that was rung: its place in the plan, and what became of it."""

    stage: int
    target: int
    setup_at: int
    answered_at: int | None = None
    ended_at: int | None = None
    sip_status: int = 0


@dataclass(slots=True)
class Call:
    call_id: str
    plan: RoutePlan
    invite: Invite
    setup_at: int
    stage: int = 0
    legs: list[Leg] = field(default_factory=list)
    ringing_at: int | None = None
    answered_at: int | None = None
    stage_rang: bool = False
    h_entry: int | None = None  # of Kamailio's dialog
    h_id: int | None = None
    seen_at: int | None = None  # when its dialog was last seen alive
    notes: list[TraceStep] = field(default_factory=list)  # admission's, after the plan's trace
    ending: tuple[str, int] | None = None  # the hook itself is ending it: by whom, and the last moment to bill
    number: int = 0  # its key in the journal

    @property
    def ids(self) -> dict[str, str]:
        """Of each log line about it: somebody has one of them, and finds all lines by it."""
        return {"call_id": self.call_id, "sip_call_id": self.invite.sip_call_id}

    def target_of(self, leg: Leg) -> Target:
        return self.plan.stages[leg.stage].targets[leg.target]

    def stage_legs(self) -> list[Leg]:
        """The legs of the current stage, in the order in which Kamailio was given their targets."""
        return [leg for leg in self.legs if leg.stage == self.stage]

    def counters(self) -> Iterator[Counter]:
        """All it holds now: of the caller's side, and of the legs that are still up."""
        yield from self.plan.counters
        for leg in self.legs:
            if leg.ended_at is None:
                yield from self.target_of(leg).counters

    def last_sure_at(self) -> int:
        return max(self.seen_at or 0, self.answered_at or 0, self.ringing_at or 0, self.setup_at)

    def progress(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "legs": [
                [leg.stage, leg.target, leg.setup_at, leg.answered_at, leg.ended_at, leg.sip_status]
                for leg in self.legs
            ],
            "ringing_at": self.ringing_at,
            "answered_at": self.answered_at,
            "dialog": [self.h_entry, self.h_id],
            "notes": [[note.code, dict(note.facts), note.private] for note in self.notes],
        }

    def take_progress(self, saved: JsonObject) -> None:
        self.stage = saved["stage"]
        self.legs = [Leg(*leg) for leg in saved["legs"]]
        self.ringing_at = saved["ringing_at"]
        self.answered_at = saved["answered_at"]
        self.h_entry, self.h_id = saved["dialog"]
        self.notes = [TraceStep(*note) for note in saved["notes"]]


class LiveCalls:
    """By call id, and by the SIP Call-ID, which a phone may well use for two calls."""

    def __init__(self) -> None:
        self._by_id: dict[str, Call] = {}
        self._by_sip: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._by_id.values()))

    def add(self, call: Call) -> None:
        self._by_id[call.call_id] = call
        self._by_sip.setdefault(call.invite.sip_call_id, set()).add(call.call_id)

    def remove(self, call: Call) -> None:
        self._by_id.pop(call.call_id, None)
        same = self._by_sip.get(call.invite.sip_call_id, set())
        same.discard(call.call_id)
        if not same:
            self._by_sip.pop(call.invite.sip_call_id, None)

    def find(self, call_id: str) -> Call | None:
        return self._by_id.get(call_id)

    def find_by_sip(self, sip_call_id: str) -> list[Call]:
        return [self._by_id[call_id] for call_id in sorted(self._by_sip.get(sip_call_id, ()))]
