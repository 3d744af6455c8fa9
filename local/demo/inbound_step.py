"""Step 16: a call comes in by a number and reaches Bob."""

from __future__ import annotations

from local.demo.cdrs import wait_for_cdr
from local.demo.gateway_client import longest_tone
from local.demo.state import Demo
from local.demo.talking import BOB_HZ, MAX_LOSS, NEAR_HZ, TALK_S, listen, prepare, wait_for_statistics
from local.demo.waiting import check

OUTSIDE_HZ = 1000
OUTSIDE = "12025550100"


def receive_call(demo: Demo) -> str:
    did, bob = demo.numbers[1], demo.phones["bob"]
    allocation = {"number": did, "subscriber_id": demo.people["bob"].subscriber_id}
    demo.tenant.post(f"{demo.at_tenant}/dids", allocation)
    demo.wait_in_force()
    prepare(bob)
    count = len(bob.statistics())
    sent_as = did.removeprefix("+")
    call_id = demo.gateway.place(to=sent_as, calling=OUTSIDE, tone_hz=OUTSIDE_HZ, seconds=TALK_S + 1)
    bob.answer()
    bob.wait("CALL_CLOSED", timeout_s=TALK_S + 6)
    record = demo.gateway.wait_until_ended(call_id, limit_s=3)
    there = longest_tone(record)
    check(abs(there["hz"] - BOB_HZ) < NEAR_HZ and there["seconds"] > 1, f"the gateway heard {record['heard']}")
    check(record["heard"]["loss"] < MAX_LOSS, f"the gateway lost {record['heard']['loss']:.2%}")
    statistics = wait_for_statistics(bob, after=count)
    heard = listen(bob, tone_hz=OUTSIDE_HZ, sent=record["sent_packets"], received=statistics.received)
    cdr = wait_for_cdr(demo, dialled=sent_as, result="answered")
    charges = demo.isp.get(f"/calls/{cdr['call_id']}/charges")
    check((cdr["direction"], cdr["did"]) == ("inbound", did), f"the CDR says {cdr}")
    return (
        f"{sent_as} of the gateway is {did} of Bob; Bob hears {heard}, gateway {there['hz']} Hz "
        f"(loss {record['heard']['loss']:.1%} of {record['heard']['packets']}); CDR {cdr['talk_s']} s, "
        f"{charges['amount']} {charges['currency']}"
    )
