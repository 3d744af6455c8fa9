"""Who may open a WebSocket, and how a dead one is noticed. Calls over it are in tests/browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ports import free_port
from tests.sip.stack import DOMAIN, Stack, wait_until
from tests.sip.websocket_phone import WebSocketPhone, shake_hands

pytestmark = pytest.mark.sip

OURS = ["https://phone.example", "http://127.0.0.1:8080"]


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"websocket": {"port": free_port(), "origins": OURS, "keepalive_s": 1}, "timers": {"location_timer_s": 1}}


@pytest.fixture
def phone(stack: Stack) -> Iterator[WebSocketPhone]:
    phone = WebSocketPhone(sip=stack.sip, port=stack.settings.websocket.port, origin=OURS[0])
    yield phone
    phone.close()


def status_of(stack: Stack, **headers: str) -> int:
    status, connection = shake_hands(stack.settings.websocket.port, **headers)
    connection.close()
    return status


@pytest.mark.parametrize("origin", OURS)
def test_pages_of_the_listed_origins_may_connect(stack: Stack, origin: str) -> None:
    assert status_of(stack, Origin=origin) == 101


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://phone.example.evil.test", "http://phone.example", "https://phone.example,https://x", "x"],
)
def test_other_pages_may_not(stack: Stack, origin: str) -> None:
    assert status_of(stack, Origin=origin) == 403


def test_only_sip_is_spoken(stack: Stack) -> None:
    assert status_of(stack, Origin=OURS[0], Sec_WebSocket_Protocol="xmpp") == 400
    assert status_of(stack, Origin=OURS[0], Sec_WebSocket_Protocol="") == 400


def test_what_is_no_handshake_gets_nothing(stack: Stack) -> None:
    assert status_of(stack, Origin=OURS[0], Upgrade="") == 426


def test_the_sip_port_takes_no_websockets(stack: Stack) -> None:
    status, connection = shake_hands(stack.settings.sip_port, Origin=OURS[0])
    connection.close()

    assert status == 404


def test_a_phone_that_answers_no_pings_is_unregistered(stack: Stack, phone: WebSocketPhone) -> None:
    assert phone.register(user="alice", password="alice-softphone").startswith("SIP/2.0 200")
    assert f"alice@{DOMAIN}" in str(stack.rpc("ul.dump"))

    wait_until(lambda: f"alice@{DOMAIN}" not in str(stack.rpc("ul.dump")), what="forgotten", timeout_s=15)


def test_a_changed_softphone_password_is_in_force_once_the_hook_drops_it(stack: Stack, phone: WebSocketPhone) -> None:
    phone.register(user="alice", password="alice-softphone")
    stack.hook.passwords[f"alice@{DOMAIN}"] = ("changed", "changed-too")

    stack.rpc("htable.delete", "ha1", f"alice@{DOMAIN};ws")

    assert phone.register(user="alice", password="alice-softphone").startswith("SIP/2.0 401")
    assert phone.register(user="alice", password="changed-too").startswith("SIP/2.0 200")


def test_an_unknown_user_looks_like_a_wrong_password(stack: Stack, phone: WebSocketPhone) -> None:
    assert phone.register(user="nobody", password="x").startswith("SIP/2.0 401")
    assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 401")


def test_a_user_without_a_softphone_password_has_no_browser_phone(stack: Stack, phone: WebSocketPhone) -> None:
    stack.hook.passwords[f"alice@{DOMAIN}"] = ("alice-sip", "")

    assert phone.register(user="alice", password="").startswith("SIP/2.0 401")
    assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 401")
