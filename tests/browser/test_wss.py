"""The listener with a certificate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browser_phone import BrowserPhone
from tests.browser.certificates import write_certificate
from tests.browser.test_calls import wait_until_browser_hears, wait_until_desk_hears
from tests.ports import free_port
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def websocket_settings(tmp_path: Path) -> dict[str, Any]:
    certificate, key = write_certificate(tmp_path, address="127.0.0.1")
    return {"tls_port": free_port(), "certificate": str(certificate), "private_key": str(key)}


@pytest.fixture
def websocket_url(stack: Stack) -> str:
    return f"wss://{stack.settings.sip_address}:{stack.settings.websocket.tls_port}"


def test_calls_both_ways(stack: Stack, browser_phone: Callable[..., BrowserPhone], desk_phone: DeskPhones) -> None:
    alice = browser_phone("alice", 850)
    bob = desk_phone("bob", 620, answers="auto")
    stack.hook.route = lambda body: plans.ring(plans.aor("bob" if body["user"] == "alice" else "alice"))

    alice.call("bob")
    wait_until_browser_hears(alice, 620)
    wait_until_desk_hears(bob, frequency_hz=850)
    bob.hang_up()
    alice.wait("ended")
    bob.dial("alice")
    alice.wait("session", count=2)
    alice.answer()
    alice.wait("confirmed", count=2)

    wait_until(lambda: alice.hears(620), what="Alice hears Bob")
    assert stack.hook.seen("/route")[0]["transport"] == "wss"
