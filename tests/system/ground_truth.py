"""Many calls at once, and the comparison of what the phones and the carrier saw with what the API says."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.local.processes import GatewayClient, wait_for
from tests.system.phone import Phone, PhoneCall
from tests.system.provider import Json, Provider

ROUNDED_S = 1.5  # a started second counts whole


@dataclass
class Traffic:
    """``count`` calls spread over ``over_s``, each talking from ``talk_s[0]`` to ``talk_s[1]``."""

    phone: Phone
    number: str
    count: int
    over_s: float
    talk_s: tuple[float, float]
    seed: int = 1

    def __post_init__(self) -> None:
        self.calls: list[PhoneCall] = []
        self._never = threading.Event()

    def run(self) -> list[PhoneCall]:
        """All calls, when all are over."""
        chance = random.Random(self.seed)
        plan = [(chance.uniform(0, self.over_s), chance.uniform(*self.talk_s)) for _ in range(self.count)]
        with ThreadPoolExecutor(self.count) as pool:
            self.calls = list(pool.map(self._one, plan))
        return self.calls

    def _one(self, times: tuple[float, float]) -> PhoneCall:
        start_after, talk = times
        self._never.wait(start_after)
        call = self.phone.dial(self.number)
        if call.wait_status(timeout_s=130) == 200:
            self._never.wait(talk)
            call.hang_up()
        return call


def answered(calls: Sequence[PhoneCall]) -> list[PhoneCall]:
    return [call for call in calls if call.answered_at]


def assert_records_match(
    provider: Provider, calls: Sequence[PhoneCall], gateway: GatewayClient | None = None, *, limit_s: float = 90,
    estimates: bool = False,
) -> list[Json]:  # fmt: skip
    """Each answered call has exactly one answered record, as long as its talk, and one charge; the ledger agrees.
    ``estimates``: calls whose end nobody could see may be billed shorter, also where media ended before.
    Returns the records."""
    wanted = {call.call_id: call for call in answered(calls)}
    others = {call.call_id for call in calls} - set(wanted)

    def records() -> list[Json]:
        return [each for each in provider.calls_with(*wanted) if each["result"] == "answered"]

    wait_for(lambda: len(records()) >= len(wanted), limit_s=limit_s)
    found = records()
    counted = Counter(each["sip_call_id"] for each in found)
    assert counted == Counter(list(wanted))
    assert not [each for each in provider.calls_with(*others) if each["result"] == "answered"]
    theirs = {} if gateway is None else {each["sip_call_id"]: each for each in gateway.get_calls()}
    for record in found:
        call = wanted[record["sip_call_id"]]
        longest_s = max(call.ended_at, call.bye_answered_at) - call.answered_at
        assert record["talk_s"] <= longest_s + ROUNDED_S, (record["call_id"], record["talk_s"], longest_s)
        if not (estimates and record["estimated"]) and record["hangup_by"] != "media":
            talked_s = call.ended_at - call.answered_at
            assert record["talk_s"] >= talked_s - ROUNDED_S, (record["call_id"], record["talk_s"], talked_s)
        if gateway is not None:
            assert theirs[record["sip_call_id"]]["answered_at"] is not None
        assert len(record["charges"]) == 1
        assert record["charges"][0]["state"] == "rated"
    provider.assert_ledger_agrees(provider.calls())
    return found
