"""What the nodes share, and what they take from nobody else."""

from __future__ import annotations

import json
import re
import socket
import time

import pytest

from tests.local.processes import wait_for
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import CALLER, PRIVATE, SERVICE
from tests.nodes.inside.node import MAX_CONTACTS, Node
from tests.system.phone import Phone
from tests.system.sip_message import Message, digest

PEER_PORT = 5070


def register_request(phone: Phone, *more: tuple[str, str], cseq: int = 1) -> Message:
    aor = f"<sip:{phone.user}@{phone.domain}>"
    contact = f"<sip:{phone.user}@{phone.address}:{phone.port}>"
    headers = (
        ("Via", phone.via()), ("From", f"{aor};tag=1"), ("To", aor), ("Call-ID", f"phone-{phone.port}"),
        ("CSeq", f"{cseq} REGISTER"),
        ("Contact", contact), ("Max-Forwards", "70"), *more,
    )  # fmt: skip
    return Message(f"REGISTER sip:{phone.domain} SIP/2.0", headers)


def credentials(phone: Phone, challenge: Message) -> tuple[str, str]:
    asked = challenge.get("WWW-Authenticate")
    uri = f"sip:{phone.domain}"
    return "Authorization", digest(asked, method="REGISTER", user=phone.user, password=phone.password, uri=uri)


def test_an_unregistered_phone_is_gone_from_both_nodes(lab: Lab) -> None:
    bob = lab.phone("bob", lab.a)
    lab.wait_shared("bob")

    bob.register(expires_s=0)

    lab.wait_shared("bob", count=0)


def test_a_closed_page_is_gone_from_both_nodes(lab: Lab) -> None:
    page = lab.browser("bob", lab.a)
    lab.wait_shared("bob")

    page.close()

    lab.wait_shared("bob", count=0)
    lab.phones.remove(page)


@pytest.mark.parametrize("at", ["a", "b"])
def test_a_suspended_subscribers_phones_are_gone_from_both_nodes(lab: Lab, at: str) -> None:
    lab.phone("dora", lab.nodes[at])
    lab.wait_shared("dora")

    lab.tenant.change("dora", suspended=True)

    try:
        lab.wait_shared("dora", count=0)
    finally:
        lab.tenant.change("dora", suspended=False)
        lab.provider.wait_in_force(limit_s=15)


def test_a_new_password_removes_the_phones_from_both_nodes(lab: Lab) -> None:
    lab.phone("dora", lab.a)
    lab.wait_shared("dora")

    changed = lab.provider.api.post(f"{lab.tenant.person('dora')}/passwords", {"sip": ""})

    lab.wait_shared("dora", count=0)
    lab.tenant.people["dora"]["passwords"]["sip"] = changed["sip"]


def test_phones_of_both_nodes_count_together(lab: Lab) -> None:
    for number in range(MAX_CONTACTS):
        lab.phone("bob", (lab.a, lab.b)[number % 2])
        lab.wait_shared("bob", count=number + 1)

    one_too_many = lab.phone("bob", lab.a, register=False)

    assert one_too_many.register().status == 503
    lab.wait_shared("bob", count=MAX_CONTACTS)


def test_only_the_node_with_the_address_keeps_the_nat_open(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    lab.wait_shared("bob")
    before, started = bob.count("OPTIONS"), time.monotonic()

    wait_for(lambda: bob.count("OPTIONS") >= before + 3)

    pings = [each for each in bob.requests if each.method == "OPTIONS"]
    assert {re.split(r"[ ;:]", each.get("Via"))[1] for each in pings} == {SERVICE["a"]}
    assert time.monotonic() - started >= 2 * lab.a.settings.timers.nat_ping_s - 1


def test_a_tenants_phones_are_listed_once(lab: Lab) -> None:
    lab.phone_behind_nat("bob", lab.a)
    lab.phone("ann", lab.b)
    lab.browser("cy", lab.b)
    for user in ("ann", "bob", "cy"):
        lab.wait_shared(user)

    before = [node.metric("hook_live_reports_total") for node in (lab.a, lab.b)]

    def look() -> list[str]:
        state = lab.provider.api.get(f"{lab.tenant.path}/live")
        return sorted(each["username"] for each in state["registrations"] or ())

    look()
    for node, told in zip((lab.a, lab.b), before, strict=True):
        wait_for(lambda node=node, told=told: node.metric("hook_live_reports_total") > told)  # type: ignore[misc]
    assert look() == ["ann", "bob", "cy"]


def test_a_digest_for_one_node_is_asked_for_anew_at_the_other(lab: Lab) -> None:
    bob = lab.phone("bob", lab.a, register=False)
    challenge = bob.ask(register_request(bob))
    answer = credentials(bob, challenge)
    assert bob.ask(register_request(bob, answer)).status == 200

    bob.sip = lab.b.sip
    second = bob.ask(register_request(bob, answer))

    assert second.status == 401
    assert "stale=true" in second.get("WWW-Authenticate")
    assert bob.ask(register_request(bob, credentials(bob, second), cseq=2)).status == 200
    assert lab.b.log("kamailio").count("COUNT_FAILURE") == 0
    wait_for(lambda: "10.99.0.12" in lab.a.contacts(lab.aor("bob"))[0]["Path"])


def test_what_a_phone_says_of_its_path_is_not_kept(lab: Lab) -> None:
    bob = lab.phone("bob", lab.a, register=False)
    forged = (("Path", f"<sip:{CALLER}:9;lr>"), ("Supported", "path"))
    challenge = bob.ask(register_request(bob, *forged))

    assert bob.ask(register_request(bob, *forged, credentials(bob, challenge))).status == 200

    assert f"{CALLER}:9" not in lab.a.contacts(lab.aor("bob"))[0]["Path"]


def test_a_known_address_is_known_to_both_nodes_and_a_banned_one_banned(lab: Lab) -> None:
    lab.phone("bob", lab.a)
    wait_for(lambda: lab.b.rpc("htable.get", "known", CALLER) is not None)

    lab.a.rpc("htable.seti", "banned", "10.77.0.200", 1)

    wait_for(lambda: lab.b.rpc("htable.get", "banned", "10.77.0.200") is not None)


def test_strangers_get_nothing_from_the_listener_between_the_nodes(lab: Lab) -> None:
    bob = lab.phone("bob", lab.a)
    lab.wait_shared("bob")
    path = lab.a.contacts(lab.aor("bob"))[0]["Path"]
    removal = json.dumps({"action": 2, "aor": lab.aor("bob"), "ruid": lab.a.contacts(lab.aor("bob"))[0]["Ruid"]})
    share = ("usrloc", removal, "application/json")

    # from the private network, where no node has this address; to the port that is meant, and to the phones' own
    assert say(lab.a, PRIVATE["a"], PEER_PORT, kdmq(PRIVATE["a"], *share)) == b""
    assert say(lab.a, SERVICE["a"], 5060, kdmq(SERVICE["a"], *share)) == b""
    assert say(lab.a, SERVICE["a"], PEER_PORT, kdmq(SERVICE["a"], *share)) == b""
    assert say(lab.a, PRIVATE["a"], PEER_PORT, invite(f"sip:bob@{CALLER}:{bob.port}", path)) == b""
    assert say(lab.a, SERVICE["a"], 5060, invite(f"sip:bob@{CALLER}:{bob.port}", path)).startswith(b"SIP/2.0 4")

    assert bob.received == []
    lab.wait_shared("bob")


def test_nobody_is_let_through_to_the_other_node_with_a_made_up_call(lab: Lab) -> None:
    ann = lab.phone("ann", lab.b)
    routes = (
        f"<sip:{SERVICE['a']};lr;r2=on>, <sip:{PRIVATE['a']}:{PEER_PORT};lr;r2=on>, <sip:{PRIVATE['b']}:{PEER_PORT};lr>"
    )
    target = f"sip:ann@{CALLER}:{ann.port}"

    answer = say(lab.a, SERVICE["a"], 5060, invite(target, routes, to_tag=";tag=made-up"))

    assert answer.startswith(b"SIP/2.0 481")
    assert ann.received == []


def kdmq(host: str, channel: str, body: str, kind: str) -> str:
    uri = f"sip:{channel}@{host}:{PEER_PORT}"
    return (
        f"KDMQ {uri} SIP/2.0\r\nVia: SIP/2.0/UDP HERE;branch=z9hG4bK{time.monotonic_ns()}\r\n"
        f"To: <{uri}>\r\nFrom: <sip:{channel}@{PRIVATE['b']}:{PEER_PORT}>;tag=1\r\nCSeq: 10 KDMQ\r\n"
        f"Call-ID: {time.monotonic_ns()}\r\nMax-Forwards: 1\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


def invite(uri: str, route: str, *, to_tag: str = "") -> str:
    return (
        f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP HERE;branch=z9hG4bK{time.monotonic_ns()}\r\nRoute: {route}\r\n"
        f"To: <{uri}>{to_tag}\r\nFrom: <sip:x@x.test>;tag=1\r\nCSeq: 1 INVITE\r\nContact: <sip:x@HERE>\r\n"
        f"Call-ID: {time.monotonic_ns()}\r\nMax-Forwards: 10\r\nContent-Length: 0\r\n\r\n"
    )


def say(node: Node, host: str, port: int, request: str) -> bytes:
    """The first answer but a 100; empty if there was none within half a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.connect((host, port))
        stranger.settimeout(0.5)
        stranger.send(request.replace("HERE", "{}:{}".format(*stranger.getsockname())).encode())
        try:
            while (answer := stranger.recv(65536)).startswith(b"SIP/2.0 100"):
                continue
        except OSError:  # silence, or nobody listens
            return b""
        return answer
