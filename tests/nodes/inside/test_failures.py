"""Programs and whole nodes that are killed while calls are up."""

from __future__ import annotations

import time

import pytest

from tests.local.processes import wait_for
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import (
    PRIVATE,
    SERVICE,
    cut_off,
    give_address_up,
    switch_on,
    take_address,
    without_cloud,
)
from tests.system.phone import Phone, PhoneCall

TAKEOVER_S = 1.0
BROWSER_S = 15.0


def answered(phone: Phone, number: str) -> PhoneCall:
    call = phone.dial(number)
    assert call.wait_status(timeout_s=20) == 200
    return call


def test_a_kill_of_kamailio_ends_neither_calls_nor_registrations(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    dora = lab.phone("dora", lab.a)
    ann = lab.phone("ann", lab.b)
    page = lab.browser("cy", lab.a)
    for user in ("bob", "dora", "ann", "cy"):
        lab.wait_shared(user)
    passed_on = [answered(ann, "102") for _ in range(2)]  # known to b, a only passes on
    own = answered(dora, "101")  # known to a, and through b

    lab.a.kill("kamailio")
    lab.a.start("kamailio")
    lab.wait_together()

    assert passed_on[0].hang_up() == 200
    assert bob.received[1].hang_up() == 200
    assert own.hang_up() == 200
    for call in (bob.received[0], passed_on[1], ann.received[0]):
        call.wait_ended()
    assert [lab.record(call.call_id)["hangup_by"] for call in (*passed_on, own)] == ["caller", "callee", "caller"]
    lab.wait_shared("bob")
    assert answered(ann, "102").hang_up() == 200
    wait_for(lambda: lab.a.dialogs() == lab.b.dialogs() == 0)
    # its connection is gone, whatever b remembers of it
    started = time.monotonic()
    assert ann.dial("103").wait_status() == 480
    assert time.monotonic() - started < lab.b.settings.timers.silence_ms / 1000
    page.close()
    lab.phones.remove(page)
    lab.browser("cy", lab.a, token=page.token)
    lab.wait_shared("cy")
    assert answered(ann, "103").hang_up() == 200


def test_records_that_a_killed_node_had_not_delivered_come_once_when_it_is_back(lab: Lab) -> None:
    dora = lab.phone("dora", lab.a)
    lab.phone("ann", lab.b)
    lab.wait_shared("ann")
    with without_cloud("a"):
        calls = [answered(dora, "101") for _ in range(3)]
        assert [call.hang_up() for call in calls] == [200, 200, 200]
        wait_for(lambda: lab.a.metric("hook_journal_depth") == 3)

        lab.a.kill()
        assert lab.provider.calls_with(*(call.call_id for call in calls)) == []
    lab.a.start()
    lab.wait_together()

    wait_for(lambda: lab.a.metric("hook_journal_depth") == 0, limit_s=30)
    records = lab.provider.calls_with(*(call.call_id for call in calls))
    assert sorted(each["sip_call_id"] for each in records) == sorted(call.call_id for call in calls)
    assert {(each["result"], each["hangup_by"], each["estimated"]) for each in records} == {
        ("answered", "caller", False)
    }


def test_registrations_are_back_after_a_kill_of_everything(lab: Lab) -> None:
    lab.phone_behind_nat("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")
    lab.wait_shared("ann")

    for node in lab.nodes.values():
        node.kill()
    for node in lab.nodes.values():
        node.start()
    lab.wait_together()

    lab.wait_shared("bob")
    lab.wait_shared("ann")
    call = answered(ann, "102")
    assert call.hang_up() == 200
    assert lab.record(call.call_id)["result"] == "answered"


def test_phones_of_a_node_that_fails_are_called_by_the_other(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    dora = lab.phone("dora", lab.a)
    page = lab.browser("cy", lab.a)
    ann = lab.phone("ann", lab.b)
    for user in ("bob", "dora", "cy", "ann"):
        lab.wait_shared(user)
    orphans = lab.b.metric("hook_orphan_dialogs_total")
    own = answered(dora, "101")
    passed_on = [answered(ann, "102") for _ in range(2)]
    wait_for(lambda: lab.a.counts()["total"] == lab.b.counts()["total"] != {})

    # -- a fails, with calls up
    lab.a.kill()
    cut_off("a")
    failed_at = time.monotonic()
    page.close()
    lab.phones.remove(page)

    # -- b gets its address: a phone behind NAT that hasn't registered again
    taken_at = lab.take_over(lab.b, of="a")
    wait_for(lambda: lab.b.holder_of(SERVICE["a"]) == PRIVATE["b"])
    call = answered(ann, "102")
    received = bob.wait_incoming(3)
    took_s = received.received_at - taken_at
    print(f"called {took_s:.2f} s after the takeover")
    assert call.hang_up() == 200
    received.wait_ended()
    assert bob.registrations == 1
    assert took_s < TAKEOVER_S

    # -- calls that were led through a go on without it
    assert passed_on[0].hang_up() == 200
    bob.received[0].wait_ended()
    assert bob.received[1].hang_up() == 200
    passed_on[1].wait_ended()
    assert [lab.record(each.call_id)["hangup_by"] for each in passed_on] == ["caller", "callee"]

    # -- a browser, which connects again
    lab.browser("cy", lab.a, token=page.token)
    call = answered(ann, "103")
    took_s = time.monotonic() - failed_at
    print(f"browser called {took_s:.2f} s after the failure")
    assert took_s < BROWSER_S
    assert call.hang_up() == 200

    # -- its NAT stays open, and its phones can call
    pings = bob.count("OPTIONS")
    wait_for(lambda: bob.count("OPTIONS") >= pings + 2)
    assert answered(bob, "101").hang_up() == 200

    # -- a is back, without its address: its records come, each once, and the counts agree
    switch_on("a", service=False)
    lab.a.start()
    lab.wait_together()
    record = lab.record(own.call_id)
    assert (record["result"], record["caller"]["name"]) == ("answered", "Dora")
    assert record["talk_s"] <= time.time() - own.answered_at
    wait_for(lambda: lab.a.counts()["total"] == lab.b.counts()["total"] == {}, limit_s=30)
    wait_for(lambda: lab.a.metric("hook_journal_depth") == lab.b.metric("hook_journal_depth") == 0, limit_s=30)
    call = answered(lab.phone("ann", lab.b), "102")
    assert call.hang_up() == 200

    # -- and gets it back: the same registration leads through a again
    give_address_up("b", SERVICE["a"])
    take_address("a", SERVICE["a"])
    wait_for(lambda: lab.b.holder_of(SERVICE["a"]) == PRIVATE["a"])
    call = answered(ann, "102")
    assert call.hang_up() == 200
    assert bob.registrations == 1
    wait_for(lambda: lab.a.dialogs() == lab.b.dialogs() == 0)
    assert lab.b.metric("hook_orphan_dialogs_total") == orphans
    calls = [each["sip_call_id"] for each in lab.provider.calls_with(*(each.call_id for each in ann.calls))]
    assert len(calls) == len(set(calls))


@pytest.mark.parametrize("alone", ["rtpengine", "hook"])
def test_other_programs_may_be_killed_too(lab: Lab, alone: str) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")
    call = answered(ann, "102")

    lab.a.kill(alone)

    assert call.hang_up() == 200
    bob.wait_incoming().wait_ended()
    assert answered(ann, "102").hang_up() == 200
    assert lab.record(call.call_id)["result"] == "answered"
    lab.a.start(alone)
    lab.wait_together()
