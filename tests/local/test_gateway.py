"""Two gateways call each other over real SIP and RTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.health import SipCheck
from tests.local.processes import GatewayClient, run_gateway, wait_for
from tests.ports import free_port

CALLER = "+4315550100"


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[GatewayClient, GatewayClient]]:
    near, far = ("127.0.0.2", free_port("127.0.0.2")), ("127.0.0.3", free_port("127.0.0.3"))
    with (
        run_gateway(host=near[0], sip_port=near[1], peer=far) as caller,
        run_gateway(host=far[0], sip_port=far[1], peer=near) as callee,
    ):
        yield caller, callee


def find_received(callee: GatewayClient, number: str) -> dict[str, Any]:
    (record,) = [call for call in callee.get_calls() if call["to_number"] == number]
    wait_for(lambda: callee.request("GET", f"/calls/{record['id']}")[1]["state"] == "ended")
    found: dict[str, Any] = callee.request("GET", f"/calls/{record['id']}")[1]
    return found


def call(pair: tuple[GatewayClient, GatewayClient], number: str, **order: object) -> tuple[Any, Any]:
    caller, callee = pair
    placed = caller.wait_until_ended(caller.place(**{"to": number, "from": CALLER, "seconds": 1.5, **order}))
    return placed, find_received(callee, number)


def test_each_side_hears_the_tone_of_the_other(pair: tuple[GatewayClient, GatewayClient]) -> None:
    placed, received = call(pair, "+12025559200", tone_hz=1234)

    (heard_there,) = received["heard"]["tones"]
    (heard_here,) = placed["heard"]["tones"]
    assert heard_there["hz"] == pytest.approx(1234, abs=2)
    assert heard_here["hz"] == pytest.approx(received["plays_hz"], abs=2)
    assert heard_there["level_dbfs"] == pytest.approx(-10, abs=1)
    assert heard_there["seconds"] > 1
    assert (placed["heard"]["lost"], received["heard"]["lost"]) == (0, 0)
    assert placed["talked_s"] == pytest.approx(1.5, abs=0.5)


def test_an_ordinary_number_rings_then_speaks_then_plays_its_tone(pair: tuple[GatewayClient, GatewayClient]) -> None:
    placed, received = call(pair, "+12025550142", seconds=6)

    assert placed["replies"][-1] == 200
    assert sorted(placed["replies"]) == [100, 180, 200]  # UDP promises no order of the first two
    assert received["behaviour"] == "message"
    assert received["plays_hz"] == 1020
    (tone, *_) = [tone for tone in placed["heard"]["tones"] if tone["seconds"] > 0.9]
    assert tone["hz"] == pytest.approx(1020, abs=2)
    assert tone["at_s"] > 1  # the speech came first


def test_the_log_tells_what_arrived(pair: tuple[GatewayClient, GatewayClient]) -> None:
    identity = f"<sip:{CALLER}@carrier.example>"

    placed, received = call(
        pair, "+12025557200", seconds=0.8, display="A Caller", headers=[f"P-Asserted-Identity: {identity}"]
    )

    assert received["from_number"] == CALLER
    assert received["sip_call_id"] == placed["sip_call_id"]
    assert received["request_uri"].startswith("sip:+12025557200@127.0.0.3")
    assert received["headers"]["p-asserted-identity"] == [identity]
    assert "A Caller" in received["headers"]["from"][0]
    assert received["codecs"] == ["PCMA", "PCMU", "telephone-event"]


@pytest.mark.parametrize("status", [404, 486, 503, 603])
def test_a_number_that_ends_in_9_and_a_status_is_refused_with_it(
    pair: tuple[GatewayClient, GatewayClient], status: int
) -> None:
    placed, received = call(pair, f"+1202555{9000 + status}")

    assert (placed["sip_status"], received["sip_status"]) == (status, status)
    assert placed["answered_at"] is None


def test_early_media_is_heard_before_the_answer(pair: tuple[GatewayClient, GatewayClient]) -> None:
    placed, _ = call(pair, "+12025559183", seconds=0.5)

    assert placed["replies"][-1] == 200
    assert sorted(placed["replies"]) == [100, 183, 200]  # UDP promises no order of the first two
    assert placed["answered_at"] - placed["ringing_at"] > 1500
    assert placed["heard"]["packets"] > 100


def test_silence_sends_no_packet(pair: tuple[GatewayClient, GatewayClient]) -> None:
    placed, received = call(pair, "+12025559001", seconds=0.5)

    assert placed["sip_status"] == 200
    assert (placed["heard"]["packets"], received["sent_packets"]) == (0, 0)


def test_the_far_side_can_hang_up(pair: tuple[GatewayClient, GatewayClient]) -> None:
    placed, received = call(pair, "+12025559002", seconds=30)

    assert (placed["ended_by"], received["ended_by"]) == ("far side", "gateway")
    assert placed["talked_s"] == pytest.approx(2, abs=0.5)


@pytest.mark.parametrize("number", ["+12025559000", "+12025559003"])
def test_a_call_that_is_never_answered_can_be_cancelled(pair: tuple[GatewayClient, GatewayClient], number: str) -> None:
    caller, callee = pair
    call_id = caller.place(**{"to": number, "from": CALLER})
    wait_for(lambda: any(found["to_number"] == number for found in callee.get_calls()))

    status, _ = caller.request("DELETE", f"/calls/{call_id}")

    assert status == 204
    assert caller.wait_until_ended(call_id)["sip_status"] == 487
    assert find_received(callee, number)["ended_by"] == "far side"


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ({"from": CALLER}, "to"),
        ({"to": "+1", "from": "a b"}, "from"),
        ({"to": "+1", "from": "+2", "tone_hz": 9000}, "tone_hz"),
        ({"to": "+1", "from": "+2", "seconds": True}, "seconds"),
        ({"to": "+1", "from": "+2", "tones": 1}, "tones"),
        ({"to": "+1", "from": "+2", "headers": ["X: a\r\nY: b"]}, "headers"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_by_field(
    pair: tuple[GatewayClient, GatewayClient], order: dict[str, object], named: str
) -> None:
    status, answer = pair[0].request("POST", "/calls", order)

    assert status == 400
    assert answer["error"].startswith(named)


def test_options_are_answered(pair: tuple[GatewayClient, GatewayClient]) -> None:
    assert SipCheck(pair[0].host, pair[0].sip_port)()


def test_the_log_can_be_emptied(pair: tuple[GatewayClient, GatewayClient]) -> None:
    caller, _ = pair
    caller.place(**{"to": "+12025559000", "from": CALLER})

    status, _ = caller.request("DELETE", "/calls")

    assert status == 204
    assert caller.get_calls() == []
