"""Three nodes of one SBC, in the place of the two of the other tests: at the same API and for the same tenant."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from tests.local.processes import wait_for
from tests.nodes.inside.cloud import Cloud
from tests.nodes.inside.conftest import nodes_of_one_sbc
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import PRIVATE, SERVICE, cut_off, give_address_up, switch_on, take_address
from tests.nodes.inside.test_failures import TAKEOVER_S, answered
from tests.system.phone import PhoneCall

USERS = {"a": "ann", "b": "bob", "c": "cy"}
NUMBERS = {"a": "101", "b": "102", "c": "103"}


@pytest.fixture(scope="module")
def everything(everything: Lab, cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    for node in everything.nodes.values():
        node.kill()
    trio = Lab(cloud, nodes_of_one_sbc(cloud, tmp_path_factory.mktemp("trio"), "a", "b", "c"))
    trio.provider, trio.tenant = everything.provider, everything.tenant
    try:
        for node in trio.nodes.values():
            node.start()
        trio.wait_together()
        trio.provider.wait_in_force(limit_s=30)
        yield trio
    finally:
        for node in trio.nodes.values():
            node.kill()


def records_once(lab: Lab, *calls: PhoneCall) -> None:
    """Each call has its record, and no more than that."""
    wanted = sorted(call.call_id for call in calls)
    found: list[str] = []

    def find() -> bool:
        found[:] = sorted(each["sip_call_id"] for each in lab.provider.calls_with(*wanted))
        return len(found) >= len(wanted)

    wait_for(find, limit_s=30)
    assert found == wanted


def test_a_phone_of_each_node_is_called_from_each_other(lab: Lab) -> None:
    phones = {name: lab.phone(user, lab.nodes[name]) for name, user in USERS.items()}
    for user in USERS.values():
        lab.wait_shared(user)

    calls = []
    for caller, callee in itertools.permutations(USERS, 2):
        call = answered(phones[caller], NUMBERS[callee])
        dialogs = {name: node.dialogs() for name, node in lab.nodes.items()}
        assert dialogs == {name: int(name == caller) for name in USERS}
        assert call.hang_up() == 200
        phones[callee].received[-1].wait_ended()
        wait_for(lambda: not any(node.dialogs() for node in lab.nodes.values()))
        calls.append(call)

    records_once(lab, *calls)


def test_a_limit_holds_for_the_calls_of_all_nodes_together(lab: Lab) -> None:
    lab.phone("ann", lab.b)
    phones = {name: lab.phone("dora", node) for name, node in lab.nodes.items()}
    lab.wait_shared("ann")
    lab.tenant.change("dora", max_calls=3)
    lab.provider.wait_in_force(limit_s=15)
    try:
        calls = {name: answered(phone, "101") for name, phone in phones.items()}
        lab.wait_counted(dora=3, ann=3)

        refused = [phone.dial("101") for phone in phones.values()]
        assert [call.wait_status() for call in refused] == [486, 486, 486]
        assert calls["c"].hang_up() == 200
        lab.wait_counted(dora=2, ann=2)
        again = answered(phones["a"], "101")
        lab.wait_counted(dora=3, ann=3)

        up = [calls["a"], calls["b"], again]
        assert [call.hang_up() for call in up] == [200, 200, 200]
        lab.wait_counted()
    finally:
        lab.tenant.change("dora", max_calls=0)
        lab.provider.wait_in_force(limit_s=15)
    records_once(lab, *refused, *calls.values(), again)


def test_a_node_with_a_new_disk_and_a_clock_behind_knows_registrations_and_counts(lab: Lab) -> None:
    late = lab.nodes["c"]
    # a day later, for its peers: on its new disk its clock is behind that
    late.kill("hook")
    (late.home / "hook" / "peer-epoch").write_text(str(time.time_ns() // 1_000_000 + 86_400_000))
    late.start("hook")
    lab.wait_together()
    late.kill()
    late.get_new_disk()
    bob = lab.phone_behind_nat("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    for user in ("bob", "ann"):
        lab.wait_shared(user)
    calls = [answered(ann, "102"), answered(bob, "101")]
    wait_for(lambda: lab.a.metric("hook_peers_reachable") == lab.b.metric("hook_peers_reachable") == 1, limit_s=30)

    started_at = time.monotonic()
    late.start()
    for user in ("bob", "ann"):
        lab.wait_shared(user)
    lab.wait_counted(ann=2, bob=2)
    print(f"knows all {time.monotonic() - started_at:.1f} s after its start")
    assert "peers remember a later life of this node" in late.log("hook")

    lab.wait_together()
    cy = lab.phone("cy", late)
    calls += [answered(cy, "102"), answered(cy, "101")]
    lab.wait_counted(ann=3, bob=3, cy=2)
    assert [call.hang_up() for call in calls] == [200] * 4
    lab.wait_counted()
    records_once(lab, *calls)


def test_one_of_three_fails_and_another_takes_its_address(lab: Lab) -> None:
    lost = lab.nodes["c"]
    bob = lab.phone_behind_nat("bob", lost)
    dora = lab.phone("dora", lost)
    ann, cy = lab.phone("ann", lab.b), lab.phone("cy", lab.a)
    for user in ("bob", "dora", "ann", "cy"):
        lab.wait_shared(user)
    own = answered(dora, "101")  # known to c
    others = [answered(ann, "103"), answered(cy, "101")]
    led = [answered(ann, "102"), answered(ann, "102")]  # known to b, c only passes on
    lab.wait_counted(dora=1, ann=5, cy=2, bob=2)

    # -- c fails, and a gets its address: its phone is called from both that are left
    lost.kill()
    cut_off("c")
    taken_at = lab.take_over(lab.a, of="c")
    for node in lab.running:
        wait_for(lambda node=node: node.holder_of(SERVICE["c"]) == PRIVATE["a"])  # type: ignore[misc]
    calls = [answered(ann, "102"), answered(cy, "102")]
    took_s = bob.received[2].received_at - taken_at
    print(f"called from the other node {took_s:.2f} s after the takeover")
    assert took_s < TAKEOVER_S
    assert bob.registrations == 1
    lab.wait_counted(ann=5, cy=3, bob=4)  # without what c counted
    assert [call.hang_up() for call in calls] == [200, 200]

    # -- what was led through c goes on by the other that is left, from either side
    assert led[0].hang_up() == 200
    bob.received[0].wait_ended()
    assert bob.received[1].hang_up() == 200
    led[1].wait_ended()
    for received in bob.received:
        received.wait_ended()
    pings = bob.count("OPTIONS")
    wait_for(lambda: bob.count("OPTIONS") >= pings + 2)

    # -- c is back without its address: its records come once, and all agree
    switch_on("c", service=False)
    lost.start()
    lab.wait_together()
    assert [call.hang_up() for call in others] == [200, 200]
    lab.wait_counted()
    records_once(lab, own, *others, *calls, *led)

    # -- and gets it back
    give_address_up("a", SERVICE["c"])
    take_address("c", SERVICE["c"])
    for node in lab.running:
        wait_for(lambda node=node: node.holder_of(SERVICE["c"]) == PRIVATE["c"])  # type: ignore[misc]
    again = answered(ann, "102")
    assert again.hang_up() == 200
    records_once(lab, again)
    assert bob.registrations == 1
