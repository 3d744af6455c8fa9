"""A call from its INVITE to its record: decide, admit, ring, follow the outcomes, close. Each step is journaled and
synced before Kamailio is answered; state changes happen before the wait, so steps of one call can't cross."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.plan import Counter, Refusal, RoutePlan, TraceStep
from chalicelib.domain.plan_json import plan_from_json, plan_to_json
from chalicelib.domain.refusals import get_refusal_kind
from sbc.hook import answers, call_events
from sbc.hook.admission import Admission
from sbc.hook.call_log import log_ended, log_refused, log_routed
from sbc.hook.cdr import Ending, NodeIdentity, build_cdr, build_refusal_cdr
from sbc.hook.decider import Decider
from sbc.hook.journal import Journal, JournalError, OpenCall, advance_call, close_call, open_call, queue_cdr
from sbc.hook.jsonio import dump_text, load_object
from sbc.hook.live_calls import Call, Invite, LiveCalls, read_invite
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import PartGoneError, SourceError
from sbc.hook.staging import Over, after_outcome, start_stage

log = logging.getLogger(__name__)

# Not of the catalogue: nothing was decided, so there is nobody to explain it to.
SNAPSHOT_MISSING = Refusal("snapshot_not_available", 503, "Service Unavailable", None, ())
PART_GONE = Refusal("part_gone", 404, "Not Found", None, ())
CANCELLED = Over(call_events.REQUEST_TERMINATED, "Request Terminated", "system")


@dataclass(frozen=True, slots=True)
class CallControl:
    live: LiveCalls
    admission: Admission
    journal: Journal
    decider: Decider
    identity: NodeIdentity
    metrics: Metrics
    clock: Callable[[], int]  # milliseconds
    new_call_id: Callable[[int], str]  # of the time in milliseconds
    cdr_queued: Callable[[], None]
    max_duration_s: int

    async def route(self, body: JsonObject) -> dict[str, Any]:
        """The answer to ``/route``. Raises ``FieldError``, ``JournalError``."""
        match body.get("event"):
            case "invite":
                return await self._invite(read_invite(body))
            case "failed":
                return await self._failed(body)
        raise fields.FieldError("event: invite or failed")

    async def _invite(self, invite: Invite) -> dict[str, Any]:
        if invite.attempt.source == "phone" and not invite.attempt.username:
            return answers.CHALLENGE
        now = self.clock()
        call_id = self.new_call_id(now)
        try:
            plan = await self.decider.plan(invite.attempt, datetime.fromtimestamp(now / 1000, UTC))
        except SourceError as error:
            return self._undecided(call_id, invite, SNAPSHOT_MISSING, error)
        except PartGoneError as error:
            return self._undecided(call_id, invite, PART_GONE, error)
        if isinstance(plan, Refusal):
            return await self._refuse(call_id, invite, plan, now)
        return await self._start(call_id, invite, plan, now)

    async def _start(self, call_id: str, invite: Invite, plan: RoutePlan, now: int) -> dict[str, Any]:
        full = self.admission.take(call_id, plan.counters)
        if full is not None:
            return await self._refuse(call_id, invite, _too_many_calls(plan, full), now)
        call = Call(call_id, plan, invite, setup_at=now, number=self.journal.next_number())
        over = start_stage(call, 0, admission=self.admission, now=now)
        if over is not None:
            return await self._give_up(call, over, now)
        self.live.add(call)
        try:
            progress = dump_text(call.progress())
            await self.journal.write(open_call(call.number, call_id, routed=_routed(call), progress=progress))
        except JournalError:
            self.live.remove(call)
            self.admission.release(call_id)
            raise
        log_routed(call)
        return self._ring(call)

    async def _failed(self, body: JsonObject) -> dict[str, Any]:
        call_id, stage = fields.text(body, "call_id"), fields.integer(body, "stage")
        status, local = fields.integer(body, "status", 0), bool(body.get("local"))
        call = self.live.find(call_id)
        if call is None:
            return answers.reply(call_id, status if status >= 400 else 480, "Call Ended")
        if stage != call.stage or call.answered_at is not None:
            return self._ring(call)  # asked again: the first answer was lost
        now = self.clock()
        call_events.note_ringing(call, body, now=now)
        outcome = call_events.stage_failed(call, status, local=local, now=now)
        self.admission.keep_only(call_id, call.counters())
        if call.ending is not None:  # hung up by order while it rang
            return await self._give_up(call, CANCELLED, now)
        over = after_outcome(call, outcome, status, admission=self.admission, now=now)
        if over is not None:
            return await self._give_up(call, over, now)
        await self.journal.write(advance_call(call.number, progress=dump_text(call.progress())))
        return self._ring(call)

    async def event(self, body: JsonObject) -> None:
        """Raises ``FieldError``, ``JournalError``. What comes twice, or of a call that is closed, changes nothing."""
        call = self.live.find(fields.text(body, "call_id"))
        name = fields.text(body, "event")
        if name not in {"ringing", "answered", "cancelled", "ended"}:
            raise fields.FieldError("event: ringing, answered, cancelled or ended")
        if call is None:
            await self.journal.write()  # the first one may still be on its way to the disk
        elif name == "ringing":
            call_events.ringing(call, body, now=self.clock())
        elif name == "answered":
            await self._answered(call, body)
        else:
            await self.close(call, call_events.ending(call, body, cancelled=name == "cancelled", now=self.clock()))

    async def close(self, call: Call, ending: Ending) -> None:
        """The call is over: its places are free, its record is queued."""
        self.live.remove(call)
        self.admission.release(call.call_id)
        record = dump_text(build_cdr(call, ending, identity=self.identity))
        try:
            await self.journal.write(*close_call(call.number), queue_cdr(call.number, call.call_id, record))
        except JournalError:
            self._hold(call)  # Kamailio reports again, or reconciliation finds it
            raise
        self.metrics.count("calls_ended", "by", ending.hangup_by)
        log_ended(call, ending)
        self.cdr_queued()

    def restore(self, open_calls: Iterable[OpenCall]) -> None:
        """Take over the calls that were open when an earlier run ended. One that can't be read stays in the journal,
        for whoever can."""
        for saved in open_calls:
            try:
                call = _restored(saved)
            except (fields.FieldError, LookupError, TypeError, ValueError) as error:
                self.metrics.count("unreadable_calls")
                log.error("open call can't be read", extra={"call_id": saved.call_id, "error": repr(error)})  # noqa: TRY400
            else:
                self._hold(call)

    async def _answered(self, call: Call, body: JsonObject) -> None:
        if not call_events.answered(call, body, now=self.clock()):
            await self.journal.write()
            return
        self.admission.keep_only(call.call_id, call.counters())
        await self.journal.write(advance_call(call.number, progress=dump_text(call.progress())))

    async def _give_up(self, call: Call, over: Over, now: int) -> dict[str, Any]:
        await self.close(call, Ending(now, over.hangup_by, over.status))
        return answers.reply(call.call_id, over.status, over.reason)

    async def _refuse(self, call_id: str, invite: Invite, refusal: Refusal, now: int) -> dict[str, Any]:
        self.metrics.count("refusals", "code", refusal.code)
        log_refused(call_id, invite, refusal)
        if refusal.facts is not None:
            record = build_refusal_cdr(
                refusal, refusal.facts, call_id=call_id, invite=invite, setup_at=now, identity=self.identity
            )
            await self.journal.write(queue_cdr(self.journal.next_number(), call_id, dump_text(record)))
            self.cdr_queued()
        return answers.reply(call_id, refusal.sip_status, refusal.reason)

    def _undecided(self, call_id: str, invite: Invite, refusal: Refusal, error: Exception) -> dict[str, Any]:
        self.metrics.count("refusals", "code", refusal.code)
        log_refused(call_id, invite, refusal)
        told = {"call_id": call_id, "sip_call_id": invite.sip_call_id, "error": str(error)}
        log.warning("no decision", extra=told)
        return answers.reply(call_id, refusal.sip_status, refusal.reason)

    def _ring(self, call: Call) -> dict[str, Any]:
        limit = min(call.plan.max_duration_s or self.max_duration_s, self.max_duration_s)
        return answers.ring(call, max_s=limit)

    def _hold(self, call: Call) -> None:
        self.live.add(call)
        self.admission.hold(call.call_id, call.counters())


def _too_many_calls(plan: RoutePlan, full: Counter) -> Refusal:
    kind = get_refusal_kind("too_many_calls")
    step = TraceStep(kind.code, {"counter": full.key, "limit": full.limit})
    return Refusal(kind.code, kind.sip_status, kind.reason, plan.facts, (*plan.trace, step))


def _restored(saved: OpenCall) -> Call:
    routed = load_object(saved.routed)
    plan = plan_from_json(fields.child(routed, "plan"))
    invite = read_invite(fields.child(routed, "invite"))
    setup_at = fields.integer(routed, "setup_at")
    call = Call(saved.call_id, plan, invite, setup_at=setup_at, seen_at=saved.seen_at, number=saved.number)
    call.take_progress(load_object(saved.progress))
    return call


def _routed(call: Call) -> str:
    attempt = call.invite.attempt
    invite = {
        "source": attempt.source,
        "user": attempt.username,
        "domain": attempt.domain,
        "dialled": attempt.dialled,
        "src_ip": attempt.src_ip,
        "src_port": attempt.src_port,
        "transport": call.invite.transport,
        "sip_call_id": call.invite.sip_call_id,
        "user_agent": call.invite.user_agent,
    }
    return dump_text({"setup_at": call.setup_at, "invite": invite, "plan": plan_to_json(call.plan)})
