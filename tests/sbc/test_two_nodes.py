"""Two hooks of one SBC: limits hold for both together, through crashes and splits, and no record is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.live import Report, combine, hang_up_key, watch_key
from tests.domain.snapshots import DOMAIN
from tests.sbc.two_nodes import OneNode, TwoNodes, two_nodes, wait_for

ALICE, BOB, CAROL = (f"subscriber/sub_{name}" for name in ("alice", "bob", "carol"))
TENANT = "tenant/ten_acme"
A_TO_C = {ALICE: 1, CAROL: 1, TENANT: 1}


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[TwoNodes]:
    with two_nodes(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def module_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoNodes]:
    with two_nodes(tmp_path_factory.mktemp("nodes")) as found:
        yield found


@pytest.fixture
def lasting_nodes(module_nodes: TwoNodes) -> Iterator[TwoNodes]:
    """For tests that break nothing; afterwards nobody calls."""
    yield module_nodes
    module_nodes.network.cut = module_nodes.network.twice = False
    for node in module_nodes:
        for call_id in node.live_calls():
            node.end(call_id)
    module_nodes.wait_for_totals({})


def _times(counts: dict[str, int], number: int) -> dict[str, int]:
    return {key: count * number for key, count in counts.items()}


def _finish(node: OneNode, calls: int) -> set[str]:
    """So many calls from alice to carol, answered and ended."""
    made = [node.call("103", user="alice")["call_id"] for _ in range(calls)]
    for call_id in made:
        node.end(call_id)
    return set(made)


def test_a_limit_holds_for_both_nodes_together(lasting_nodes: TwoNodes) -> None:
    first = lasting_nodes.first.call("102", user="carol")
    lasting_nodes.second.wait_for_total({BOB: 1, CAROL: 1, TENANT: 1})

    refused = lasting_nodes.second.call("102", user="alice")
    lasting_nodes.first.end(first["call_id"])
    lasting_nodes.second.wait_for_total({})
    admitted = lasting_nodes.second.call("102", user="alice")

    assert (first["action"], refused["action"], refused["status"]) == ("ring", "reply", 486)
    assert admitted["action"] == "ring"


def test_counters_agree_again_after_a_node_was_killed_and_restarted(nodes: TwoNodes) -> None:
    calls = [node.call("103", user="alice")["call_id"] for node in (*nodes, *nodes, nodes.first)]
    nodes.wait_for_totals(_times(A_TO_C, 5))

    nodes.first.hook.kill()
    held = nodes.second.counters()
    nodes.second.end(calls[1])
    nodes.first.hook.start()
    nodes.wait_until_joined()
    nodes.wait_for_totals(_times(A_TO_C, 4))
    nodes.first.end(calls[0])
    nodes.second.call("103", user="alice")

    nodes.wait_for_totals(_times(A_TO_C, 4))
    assert held["total"] == _times(A_TO_C, 5)
    first, second = (node.counters() for node in nodes)
    assert (first["own"], first["peers"]["n2"]["counts"]) == (_times(A_TO_C, 2), second["own"])
    assert (second["own"], second["peers"]["n1"]["counts"]) == (_times(A_TO_C, 2), first["own"])
    assert [len(node.live_calls()) for node in nodes] == [2, 2]


def test_a_restarted_node_knows_the_others_calls_before_it_admits_its_first(nodes: TwoNodes) -> None:
    nodes.second.call("102", user="carol")
    nodes.first.hook.kill()
    nodes.first.change_settings(peer_wait_s=20.0)

    nodes.first.hook.start()
    refused = nodes.first.call("102", user="alice")

    assert (refused["action"], refused["status"]) == ("reply", 486)


def test_counts_follow_calls_whose_dialog_was_lost_in_the_crash(tmp_path: Path) -> None:
    with two_nodes(tmp_path, reconcile_grace_s=0.2) as nodes:
        kamailio = nodes.first.kamailio
        for number, name in enumerate(("stays", "lost"), start=1):
            kamailio.add_dialog("?", h_entry=number, h_id=1, sip_call_id=name)
        stays, lost = (nodes.first.call("103", user="alice", sip_call_id=name)["call_id"] for name in ("stays", "lost"))
        nodes.wait_for_totals(_times(A_TO_C, 2))

        nodes.first.hook.kill()
        kamailio.dialogs.pop()
        nodes.first.hook.start()

        nodes.wait_for_api(lambda: lost in nodes.api.cdrs)
        nodes.wait_for_totals(A_TO_C)
        assert nodes.api.cdrs[lost]["estimated"] is True
        assert nodes.first.live_calls() == [stays]


def test_the_places_of_a_node_that_stays_away_are_free_after_a_while_and_taken_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    with two_nodes(tmp_path, peer_hold_s=3.0) as nodes:
        call = nodes.first.call("102", user="carol")
        nodes.second.wait_for_total({BOB: 1, CAROL: 1, TENANT: 1})

        nodes.first.hook.kill()
        nodes.second.wait_for_total({})
        admitted = nodes.second.call("102", user="alice")
        nodes.first.hook.start()

        nodes.wait_for_totals({ALICE: 1, BOB: 2, CAROL: 1, TENANT: 2})
        refused = nodes.second.call("102", user="carol")
        nodes.first.end(call["call_id"])
        nodes.wait_for_totals({ALICE: 1, BOB: 1, TENANT: 1})
        assert (admitted["action"], refused["action"]) == ("ring", "reply")


def test_on_a_split_each_node_keeps_to_the_limit_alone_and_when_it_is_over_for_both(tmp_path: Path) -> None:
    with two_nodes(tmp_path, peer_hold_s=3.0) as nodes:
        nodes.network.cut = True
        wait_for(lambda: all(node.metrics()["hook_peers_reachable"] == 0 for node in nodes), lambda: "still joined")

        apart = [node.call("102", user="carol") for node in nodes]
        more = [node.call("102", user="alice") for node in nodes]
        nodes.network.cut = False
        nodes.wait_for_totals({BOB: 2, CAROL: 2, TENANT: 2})
        nodes.first.end(apart[0]["call_id"])
        nodes.wait_for_totals({BOB: 1, CAROL: 1, TENANT: 1})
        again = nodes.first.call("102", user="alice")

        assert [call["action"] for call in apart] == ["ring", "ring"]
        assert [call["action"] for call in (*more, again)] == ["reply"] * 3


def test_in_the_moment_before_they_hear_of_each_other_two_nodes_admit_one_limit_each_at_most(
    lasting_nodes: TwoNodes,
) -> None:
    lasting_nodes.network.cut = True  # a moment that doesn't end while counts are held

    answers = [node.call("102", user="carol") for node in (*lasting_nodes, *lasting_nodes)]

    assert [answer["action"] for answer in answers] == ["ring", "ring", "reply", "reply"]
    lasting_nodes.network.cut = False
    lasting_nodes.wait_for_totals({BOB: 2, CAROL: 2, TENANT: 2})


def test_what_is_repeated_altered_or_from_elsewhere_is_dropped_and_counted(lasting_nodes: TwoNodes) -> None:
    lasting_nodes.first.call("103", user="alice")
    lasting_nodes.wait_for_totals(A_TO_C)
    recorded = lasting_nodes.network.passed[-50:]

    for datagram in recorded:
        lasting_nodes.network.say_to_second(datagram)
    lasting_nodes.network.say_to_second(recorded[-1][:-2] + b" }")
    lasting_nodes.network.say_to_second(bytes(61_000))
    lasting_nodes.network.say_to_second(b"")
    lasting_nodes.second.hear(recorded[-1])

    def dropped(reason: str) -> float:
        return lasting_nodes.second.metrics().get(f'hook_peer_messages_dropped_total{{reason="{reason}"}}', 0)

    expected = {"replayed": len(recorded), "forged": 2, "oversized": 1, "foreign": 1}
    wait_for(
        lambda: all(dropped(reason) >= least for reason, least in expected.items()),
        lambda: f"{expected}, but {lasting_nodes.second.metrics()}",
    )
    lasting_nodes.network.twice = True
    lasting_nodes.first.call("103", user="alice")
    lasting_nodes.wait_for_totals(_times(A_TO_C, 2))


def test_what_was_recorded_before_a_restart_counts_for_nobody_after_it(nodes: TwoNodes) -> None:
    nodes.first.call("102", user="carol")
    nodes.second.wait_for_total({BOB: 1, CAROL: 1, TENANT: 1})
    recorded = list(nodes.network.passed)
    nodes.network.cut = True
    nodes.first.hook.kill()
    nodes.second.hook.kill()
    nodes.second.hook.start()

    for datagram in recorded:
        nodes.network.say_to_second(datagram)

    wait_for(
        lambda: nodes.second.metrics().get("hook_peer_messages_taken_total", 0) == len(recorded),
        lambda: str(nodes.second.metrics()),
    )
    assert nodes.second.counters()["total"] == {}
    assert nodes.second.call("102", user="alice")["action"] == "ring"


def test_every_record_of_a_crashed_node_arrives_once_after_its_restart(nodes: TwoNodes) -> None:
    before = _finish(nodes.first, 1) | _finish(nodes.second, 1)
    nodes.wait_for_api(lambda: before == set(nodes.api.cdrs))
    nodes.api.down = True
    finished = _finish(nodes.first, 30) | _finish(nodes.second, 30)
    up = nodes.first.call("103", user="alice")["call_id"]
    nodes.first.hook.kill()
    nodes.api.down = False

    nodes.wait_for_api(lambda: len(nodes.api.cdrs) == 32)  # the other node's don't wait for it
    assert {nodes.api.cdrs[call_id]["node"] for call_id in set(nodes.api.cdrs) - before} == {"n2"}
    nodes.first.hook.start()
    nodes.wait_until_joined()
    nodes.first.end(up)
    nodes.wait_for_api(lambda: finished | {up} <= set(nodes.api.cdrs))

    assert set(nodes.api.cdrs) == before | finished | {up}
    assert set(nodes.api.received.values()) == {1}
    assert not any(record["estimated"] for record in nodes.api.cdrs.values())
    nodes.wait_for_totals({})


def test_an_order_to_hang_up_reaches_both_nodes_and_the_one_with_the_call_obeys(lasting_nodes: TwoNodes) -> None:
    lasting_nodes.first.kamailio.add_dialog("?", h_entry=3, h_id=4, sip_call_id="here")
    with lasting_nodes.first.client() as client:
        call = client.invite("103", sip_call_id="here")
        client.event("answered", call["call_id"], stage=0, target=0, h_entry=3, h_id=4)
    order = lasting_nodes.api.announce(hang_up_key("ten_acme", call["call_id"]))

    lasting_nodes.first.kamailio.wait_until_asked("dlg.end_dlg", 3, 4)
    lasting_nodes.first.end(call["call_id"])

    lasting_nodes.wait_for_api(lambda: [cursor >= order for cursor in lasting_nodes.api.acknowledged].count(True) >= 2)
    assert not [asked for asked in lasting_nodes.second.kamailio.asked if asked[0] == "dlg.end_dlg"]
    lasting_nodes.wait_for_api(lambda: lasting_nodes.api.cdrs.get(call["call_id"], {}).get("hangup_by") == "system")


def test_a_tenant_of_two_nodes_shows_its_phones_once_and_the_calls_of_both(lasting_nodes: TwoNodes) -> None:
    for node, socket in zip(lasting_nodes, ("tcp:192.0.2.1:5060", ""), strict=True):  # the second has it from the first
        node.locations.register("alice", DOMAIN, received="sip:198.51.100.9:41000", socket=socket)
    calls = [node.call("103", user="alice")["call_id"] for node in lasting_nodes]

    lasting_nodes.api.announce(watch_key("ten_acme"))

    def reports() -> list[Report]:
        return [Report(0, body) for body in lasting_nodes.api.live_reports if body["registrations"] and body["calls"]]

    lasting_nodes.wait_for_api(lambda: {one.body["calls"][0]["call_id"] for one in reports()} == set(calls))
    latest = {report.body["calls"][0]["call_id"]: report for report in reports()}
    live = combine(latest.values(), since=0, now=0)
    assert [(one["username"], one["transport"]) for one in live.registrations] == [("alice", "tcp")]
    assert (live.registrations_total, {call["call_id"] for call in live.calls}) == (1, set(calls))
