"""What is made of the nodes' reports, and the orders in the feed."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.live import (
    STALE_MS,
    HangUpOrder,
    Report,
    WatchOrder,
    combine,
    hang_up_key,
    is_order,
    read_order,
    shorten,
    watch_key,
)
from chalicelib.domain.parts import core_key, dids_key, index_key, isp_key, subscribers_key

NOW = 1_800_000_000_000


def a_registration(username: str, **fields: Any) -> dict[str, Any]:
    return {
        "subscriber_id": f"sub_{username}",
        "username": username,
        "name": username.capitalize(),
        "transport": "udp",
        "address": "192.0.2.7:5060",
        "expires_at": NOW + 60_000,
    } | fields


def a_call(call_id: str, *, state: str = "answered", setup_at: int = NOW) -> dict[str, Any]:
    caller, called = ({"subscriber_id": f"sub_{name}", "name": name, "number": ""} for name in ("alice", "bob"))
    return {"call_id": call_id, "state": state, "caller": caller, "called": called, "setup_at": setup_at}


def a_report(*usernames: str, calls: tuple[dict[str, Any], ...] = (), at: int = NOW, **fields: Any) -> Report:
    body = {
        "registrations": [a_registration(name) for name in usernames],
        "calls": list(calls),
        "registrations_total": len(usernames),
        "calls_total": len(calls),
        "more_registered": [],
        "more_busy": [],
        "complete": True,
    }
    return Report(at, body | fields)


def test_until_a_node_reports_it_is_waited_for_but_not_for_ever() -> None:
    assert combine([], since=NOW, now=NOW + STALE_MS).state == "waiting"
    assert combine([], since=NOW, now=NOW + STALE_MS + 1).state == "stale"


def test_what_was_reported_in_an_earlier_watch_is_not_shown() -> None:
    live = combine([a_report("alice", at=NOW - 1)], since=NOW, now=NOW)

    assert (live.state, live.as_of, live.registrations, live.reach("sub_alice")) == ("waiting", None, [], "unknown")


def test_the_last_report_of_an_sbc_that_fell_silent_stays_visible_as_stale() -> None:
    live = combine([a_report("alice")], since=NOW - 1, now=NOW + STALE_MS + 1)

    assert (live.state, live.as_of, len(live.registrations)) == ("stale", NOW, 1)
    assert live.reach("sub_alice") == "unknown"


def test_nodes_are_one_list_by_name_and_the_latest_call_first() -> None:
    first = a_report("zoe", calls=(a_call("call_1", setup_at=NOW - 9),))
    second = a_report("alice", calls=(a_call("call_2"),), at=NOW - 5)

    live = combine([first, second], since=NOW - 10, now=NOW)

    assert [one["username"] for one in live.registrations] == ["alice", "zoe"]
    assert [call["call_id"] for call in live.calls] == ["call_2", "call_1"]
    assert (live.as_of, live.registrations_total, live.calls_total, live.more) == (NOW, 2, 2, False)


def test_a_phone_that_both_nodes_know_is_shown_once_as_who_has_its_connection_says() -> None:
    at_the_first = a_registration("alice", transport="tls", address="192.0.2.7:41000", expires_at=NOW + 1)
    at_the_second = a_registration("alice", address="192.0.2.7:41000", expires_at=NOW + 9)

    for nodes in ((at_the_first, at_the_second), (at_the_second, at_the_first)):
        reports = [a_report(registrations=[one], registrations_total=1) for one in nodes]
        live = combine(reports, since=0, now=NOW)

        assert (live.registrations, live.registrations_total, live.more) == ([at_the_first], 1, False)
        assert live.reach("sub_alice") == "reachable"


def test_a_renewal_that_only_one_node_knows_yet_is_shown() -> None:
    old, new = a_registration("alice"), a_registration("alice", expires_at=NOW + 90_000)

    live = combine([a_report(registrations=[one]) for one in (old, new)], since=0, now=NOW)

    assert live.registrations == [new]


def test_phones_of_one_subscriber_at_several_addresses_are_several_and_so_are_several_at_one() -> None:
    elsewhere = a_registration("alice", address="192.0.2.8:5060")
    twice_here = [a_registration("alice", user_agent="before"), a_registration("alice", user_agent="after")]

    live = combine(
        [
            a_report(registrations=[*twice_here, elsewhere], registrations_total=3),
            a_report(registrations=[elsewhere, *twice_here], registrations_total=3),
        ],
        since=0,
        now=NOW,
    )

    assert len(live.registrations) == live.registrations_total == 3
    assert [one for one in live.registrations if one["address"] == elsewhere["address"]] == [elsewhere]


def test_of_lists_that_are_cut_the_totals_are_added_without_who_is_told_twice() -> None:
    cut = {"registrations_total": 5000, "more_registered": ["sub_x"]}

    live = combine([a_report("alice", "bob", **cut), a_report("alice", "carol", **cut)], since=0, now=NOW)

    assert (len(live.registrations), live.registrations_total, live.more) == (3, 9999, True)


def test_a_node_that_fell_silent_does_not_count_beside_one_that_speaks() -> None:
    live = combine([a_report("alice", at=NOW - STALE_MS - 1), a_report("bob")], since=0, now=NOW)

    assert [one["username"] for one in live.registrations] == ["bob"]


@pytest.mark.parametrize(("state", "bob"), [("ringing", "reachable"), ("answered", "in_call")])
def test_the_caller_is_in_the_call_at_once_and_the_called_when_it_answers(state: str, bob: str) -> None:
    live = combine([a_report("alice", "bob", "carol", calls=(a_call("c", state=state),))], since=0, now=NOW)

    reached = [live.reach(f"sub_{name}") for name in ("alice", "bob", "carol", "dave")]

    assert reached == ["in_call", bob, "reachable", "unreachable"]


def test_who_is_told_by_id_alone_is_reachable_too() -> None:
    live = combine([a_report(more_registered=["sub_x"], more_busy=["sub_y"])], since=0, now=NOW)

    assert (live.reach("sub_x"), live.reach("sub_y")) == ("reachable", "in_call")


def test_nobody_is_called_unreachable_by_a_list_that_was_cut() -> None:
    report = a_report("alice", "bob")
    cut = Report(NOW, shorten(report.body))

    live = combine([cut], since=0, now=NOW)

    assert (len(live.registrations), live.registrations_total, live.more) == (1, 2, True)
    assert (live.reach("sub_alice"), live.reach("sub_bob")) == ("reachable", "unknown")


def test_orders_are_read_back_from_their_keys() -> None:
    assert read_order(watch_key("ten_1")) == WatchOrder("ten_1")
    assert read_order(hang_up_key("ten_1", "call_2")) == HangUpOrder("ten_1", "call_2")
    assert read_order("dance/ten_1") is None
    assert read_order("hang-up/ten_1") is None


def test_keys_of_parts_are_no_orders() -> None:
    parts = (index_key("sbc_1"), dids_key("sbc_1", 3), isp_key("isp_1"), core_key("ten_1"), subscribers_key("ten_1", 0))

    assert not [key for key in parts if is_order(key)]
    assert all(is_order(key) for key in (watch_key("ten_1"), hang_up_key("ten_1", "call_2"), "dance/ten_1"))
