"""Calls between a browser and everything else; each side says a tone of its own, and each is asked what it heard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.phones import Phone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.conftest import MICROPHONE_HZ
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

MakeBrowserPhone = Callable[..., BrowserPhone]


def wait_until_desk_hears(phone: Phone, *, frequency_hz: float, seconds: float = 1.5) -> None:
    phone.wait("CALL_ESTABLISHED")
    wait_until(lambda: phone.heard().duration_s >= seconds, what="the desk phone hears something")
    assert phone.heard().frequency_hz == pytest.approx(frequency_hz, abs=3)


def wait_until_browser_hears(phone: BrowserPhone, frequency_hz: float) -> None:
    phone.wait("confirmed")
    try:
        wait_until(lambda: phone.hears(frequency_hz), what=f"{phone.user} hears {frequency_hz} Hz")
    except AssertionError as error:
        raise AssertionError(f"{error}: {phone.heard()} {phone.statistics()}") from None


def test_a_browser_calls_a_desk_phone(stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones) -> None:
    alice = browser_phone("alice")
    bob = desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    alice.call("bob")
    wait_until_browser_hears(alice, 620)
    wait_until_desk_hears(bob, frequency_hz=MICROPHONE_HZ)
    counted = alice.statistics()
    alice.do("hangUp")
    bob.wait("CALL_CLOSED")

    assert counted["codec"] in {"audio/PCMU", "audio/PCMA"}, "nothing to transcode"
    assert counted["dtls"] == "connected"
    assert counted["lost"] == 0
    assert stack.hook.seen("/route")[0]["transport"] == "ws"
    assert stack.hook.wait("/events", "ended")[0]["by"] == "caller"
    wait_until(lambda: stack.media_calls() == 0, what="media freed")
