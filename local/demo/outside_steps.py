"""Steps 14 and 15: from refused to allowed, and a call to an external number that is rated."""

from __future__ import annotations

import time

from local.demo.api import Json
from local.demo.cdrs import wait_for_cdr
from local.demo.gateway_client import Record, longest_tone
from local.demo.state import EXTERNAL, IN_FORCE_S, Demo
from local.demo.talking import ALICE_HZ, MAX_LOSS, NEAR_HZ, hear, prepare
from local.demo.waiting import check, wait_for

GATEWAY_NUMBER = f"001{EXTERNAL}"  # strip 1, prefix 00 of +1...
LISTEN_S = 12.0
FAILOVER_S = 12.0
EARLY_NUMBER = "2092489183"  # ends in 9183: the gateway plays before it answers, two seconds later


def allow_country(demo: Demo) -> str:
    refused = _dial_refused(demo)
    explained = _explain(demo)
    check(not explained["routed"] and explained["sip_status"] == 403, f"explained as {explained}")
    group = demo.tenant.post(f"{demo.at_tenant}/security-groups", {"name": "USA", "countries": ["US"]})
    alice = f"{demo.at_tenant}/subscribers/{demo.people['alice'].subscriber_id}"
    begun = time.monotonic()
    demo.tenant.change(alice, security_group_id=group["id"])
    demo.wait_in_force()
    took_ms = round((time.monotonic() - begun) * 1000)
    check(took_ms < IN_FORCE_S * 1000, f"the security group was in force after {took_ms} ms only")
    check(_explain(demo)["routed"], "still refused with USA in the security group")
    _dial_passes(demo)
    prefixes = len(group["country_prefixes"])
    return (
        f"first {refused}: {explained['summary']}; USA ({prefixes} prefixes) in force after {took_ms} ms, then it rings"
    )


def call_outside(demo: Demo) -> str:
    alice = demo.phones["alice"]
    prepare(alice)
    alice.dial(EXTERNAL)
    alice.wait("CALL_ESTABLISHED")
    record = _find_at_gateway(demo)
    wait_for(
        lambda: _both_hear(demo, record["id"]),
        what="tone and speech at Alice, Alice's tone at the gateway",
        limit_s=LISTEN_S,
    )
    alice.hang_up()
    alice.wait("CALL_CLOSED")
    demo.keep_recording("alice", "alice-hears-the-gateway")
    record = demo.gateway.wait_until_ended(record["id"], limit_s=3)
    return "; ".join((_describe_media(demo, record), _describe_charge(demo, record), _fail_over(demo)))


def _find_at_gateway(demo: Demo) -> Record:
    """By the number called and the caller ID, which is the tenant's main number: the subscriber has none."""
    found = demo.gateway.calls(to_number=GATEWAY_NUMBER, from_number=demo.numbers[0], state="answered")
    check(len(found) == 1, f"at the gateway: {found or demo.gateway.calls()[-1:]}")
    return found[0]


def _dial_refused(demo: Demo) -> str:
    alice = demo.phones["alice"]
    prepare(alice)
    alice.dial(EXTERNAL)
    closed = alice.wait("CALL_CLOSED")
    check("403" in str(closed.get("param")), f"without a security group: {closed}")
    return str(closed["param"])


def _explain(demo: Demo) -> Json:
    question = {"subscriber_id": demo.people["alice"].subscriber_id, "dialled": EXTERNAL}
    return demo.tenant.post(f"{demo.at_tenant}/explain-call", question)


def _dial_passes(demo: Demo) -> None:
    alice = demo.phones["alice"]
    prepare(alice)
    alice.dial(EXTERNAL)
    alice.wait("CALL_RINGING")
    alice.hang_up()
    alice.wait("CALL_CLOSED")


def _both_hear(demo: Demo, call_id: str) -> bool:
    heard = hear(demo.phones["alice"])
    return heard.tone_s > 1 and heard.speech_s > 1 and longest_tone(demo.gateway.get(call_id))["seconds"] > 1


def _describe_media(demo: Demo, record: Record) -> str:
    asked, heard, there = record["request_uri"], hear(demo.phones["alice"]), longest_tone(record)
    check(asked.startswith(f"sip:{GATEWAY_NUMBER}@{demo.settings.gateway_host}"), f"the gateway was asked for {asked}")
    check(abs(heard.tone_hz - record["plays_hz"]) < NEAR_HZ, f"Alice heard {heard}, not {record['plays_hz']} Hz")
    check(abs(there["hz"] - ALICE_HZ) < NEAR_HZ, f"the gateway heard {record['heard']}")
    check(record["heard"]["loss"] < MAX_LOSS, f"the gateway lost {record['heard']['loss']:.2%}")
    return (
        f"gateway got {asked}, From {record['from_number']}; Alice hears {heard.speech_s:.1f} s of speech and "
        f"{heard.tone_hz:.1f} Hz, gateway {there['hz']} Hz "
        f"(loss {record['heard']['loss']:.1%} of {record['heard']['packets']}, by RTP sequence)"
    )


def _describe_charge(demo: Demo, record: Record) -> str:
    cdr = wait_for_cdr(demo, caller="alice", dialled=EXTERNAL, result="answered")
    charges = demo.isp.get(f"/calls/{cdr['call_id']}/charges")
    (charge,) = [one for one in charges["charges"] if one["kind"] == "pstn"]
    check(charge["state"] == "rated" and charge["verified"], f"the charge is {charge}")
    balance = demo.isp.get(f"/customers/{demo.customer_id}/balance")
    check(balance["balance_micros"] == -charges["amount_micros"] < 0, f"balance {balance}, charges {charges}")
    check(abs(cdr["talk_s"] - record["talked_s"]) <= 1, f"talked {record['talked_s']} s, the CDR says {cdr['talk_s']}")
    arithmetic = " ".join(charge["explanation"][-3:])
    amount = f"{charge['amount']} {charge['currency']} for {charge['billed_s']} s"
    return f"charged {amount}: {arithmetic} Proof verified, balance {balance['balance']}"


def _fail_over(demo: Demo) -> str:
    """The dead secondary first: the call comes through all the same, by the primary, whose early media is heard."""
    carrier = f"/carriers/{demo.carrier_id}"
    gateways = demo.isp.get(carrier)["gateways"]
    demo.isp.change(carrier, gateways=gateways[::-1])
    demo.wait_in_force()
    alice = demo.phones["alice"]
    prepare(alice)
    begun = time.monotonic()
    alice.dial(EARLY_NUMBER)
    alice.wait("CALL_PROGRESS", timeout_s=FAILOVER_S)
    took_s = time.monotonic() - begun
    alice.wait("CALL_ESTABLISHED")
    early_s = alice.heard().duration_s
    check(early_s > 1, f"before the answer Alice heard {early_s:.1f} s")
    alice.hang_up()
    alice.wait("CALL_CLOSED")
    cdr = wait_for_cdr(demo, caller="alice", dialled=EARLY_NUMBER, result="answered")
    legs = demo.isp.get(f"/calls/{cdr['call_id']}")["legs"]
    tried = [f"{leg['gateway_name']} {leg['sip_status']}" for leg in legs]
    check([leg["gateway_name"] for leg in legs] == ["secondary", "primary"], f"legs are {legs}")
    demo.isp.change(carrier, gateways=gateways)
    failover = f"with the dead gateway first: {' then '.join(tried)}, after {took_s:.1f} s"
    return f"{failover}; {early_s:.1f} s of early media"
