"""What a node says of a tenant: contacts as Kamailio wrote them, names from the snapshot, and limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain import live
from chalicelib.domain.snapshot import Tenant
from sbc.hook.live_report import build_report, list_registrations, people_of, without_expiry
from sbc.hook.locations import Contact, Locations, LocationsError
from tests.domain.snapshots import DOMAIN, a_snapshot, a_subscriber, a_tenant, an_isp
from tests.sbc.locations import LocationDb


@pytest.fixture
def database(tmp_path: Path) -> Iterator[LocationDb]:
    found = LocationDb(tmp_path / "location.db")
    yield found
    found.close()


def read(database: LocationDb) -> list[Contact]:
    return Locations(database.path).read({DOMAIN})[DOMAIN]


def the_tenant() -> Tenant:
    people = (a_subscriber("alice", name="Alice"), a_subscriber("bob", alias="102"))
    return a_snapshot(an_isp(a_tenant(*people))).tenant("ten_acme")


def a_contact(username: str, **fields: Any) -> Contact:
    values = {"transport": "udp", "address": "192.0.2.7:5062", "user_agent": "", "expires_at": 1}
    return Contact(username, **(values | fields))


def test_a_desk_phone_is_where_its_packets_come_from(database: LocationDb) -> None:
    database.register("Alice", DOMAIN, received="sip:198.51.100.9:41000")
    database.register("bob", DOMAIN, contact="sip:bob@10.0.0.5:5066", user_agent="n/a")

    alice, bob = read(database)

    assert (alice.username, alice.transport, alice.address) == ("alice", "udp", "198.51.100.9:41000")
    assert (bob.address, bob.user_agent) == ("10.0.0.5:5066", "")


@pytest.mark.parametrize(
    ("contact", "received", "socket", "transport", "address"),
    [
        ("sip:x@abc.invalid;transport=ws", "sip:198.51.100.9:41000;transport=ws", "tcp:192.0.2.1:8080", "ws",
         "198.51.100.9:41000"),
        ("sip:x@abc.invalid;transport=wss", "sip:198.51.100.9:41000;transport=WSS", "tls:192.0.2.1:8443", "wss",
         "198.51.100.9:41000"),
        ("sip:x@10.0.0.5:5061;transport=tls", None, "tls:192.0.2.1:5061", "tls", "10.0.0.5:5061"),
        ("<sip:10.0.0.5>", None, "tcp:192.0.2.1:5060", "tcp", "10.0.0.5"),
        ("sip:x@[2001:db8::7]:5062", None, "udp:[2001:db8::1]:5060", "udp", "[2001:db8::7]:5062"),
        ("garbage", None, "", "udp", ""),
    ],
)  # fmt: skip
def test_transport_and_address_are_read(
    database: LocationDb, contact: str, received: str | None, socket: str, transport: str, address: str
) -> None:
    database.register("x", DOMAIN, contact=contact, received=received, socket=socket)

    [found] = read(database)

    assert (found.transport, found.address) == (transport, address)


def test_the_expiry_is_read_to_the_second(database: LocationDb) -> None:
    before = int(time.time())
    database.register("x", DOMAIN, left_s=100)

    [found] = read(database)

    assert before + 99 <= found.expires_at / 1000 <= time.time() + 100


def test_what_is_no_text_in_a_user_agent_is_replaced(database: LocationDb) -> None:
    database.register("x", DOMAIN, user_agent=b"Ph\xffne")

    assert read(database)[0].user_agent == "Ph\ufffdne"


def test_every_write_changes_the_signature_and_reading_does_not(database: LocationDb) -> None:
    locations = Locations(database.path)
    empty = locations.signature()
    database.register("x", DOMAIN)

    written = locations.signature()
    read(database)

    assert empty != written == locations.signature()


def test_a_database_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(LocationsError):
        Locations(tmp_path / "none.db").read({DOMAIN})


def test_registrations_are_named_and_in_order_and_those_of_nobody_left_out() -> None:
    contacts = [a_contact("bob"), a_contact("ghost"), a_contact("alice"), a_contact("102")]

    found = list_registrations(people_of(the_tenant()), contacts)

    assert [(one["name"], one["username"]) for one in found] == [("Alice", "alice"), ("Bob", "bob")]


def test_of_too_many_phones_the_rest_is_told_by_id() -> None:
    count = live.MOST_REGISTRATIONS + 3
    registrations = [{"subscriber_id": f"sub_{number}", "expires_at": 1} for number in range(count)]

    report = build_report("ten_acme", registrations, [])

    assert len(report["registrations"]) == live.MOST_REGISTRATIONS
    assert report["registrations_total"] == count
    assert len(report["more_registered"]) == 3
    assert report["complete"] is True


def test_beyond_all_limits_the_report_says_that_it_is_not_complete() -> None:
    count = live.MOST_REGISTRATIONS + live.MOST_MORE_REGISTERED + 1
    registrations = [{"subscriber_id": f"sub_{number}", "expires_at": 1} for number in range(count)]

    report = build_report("ten_acme", registrations, [])

    assert (len(report["more_registered"]), report["complete"]) == (live.MOST_MORE_REGISTERED, False)


def test_who_is_in_calls_that_are_not_listed_is_told() -> None:
    party = {"subscriber_id": "", "name": "", "number": ""}
    calls = [
        {"state": "answered", "caller": party | {"subscriber_id": f"sub_{n}"}, "called": party}
        for n in range(live.MOST_CALLS + 2)
    ]

    report = build_report("ten_acme", [], calls)

    assert report["more_busy"] == [f"sub_{live.MOST_CALLS}", f"sub_{live.MOST_CALLS + 1}"]
    assert report["calls_total"] == live.MOST_CALLS + 2


def test_only_the_expiry_is_left_out_of_what_counts_as_news() -> None:
    earlier = build_report("ten_acme", list_registrations(people_of(the_tenant()), [a_contact("alice")]), [])
    later = build_report(
        "ten_acme", list_registrations(people_of(the_tenant()), [a_contact("alice", expires_at=9)]), []
    )
    moved = build_report("ten_acme", list_registrations(people_of(the_tenant()), [a_contact("alice", address="x")]), [])

    assert without_expiry(earlier) == without_expiry(later) != without_expiry(moved)
