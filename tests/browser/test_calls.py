"""Calls between a browser and everything else; each side says a tone of its own, and each is asked what it heard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.phones import Phone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.chromium import MICROPHONE_HZ
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


def test_a_desk_phone_calls_a_browser(stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones) -> None:
    alice = browser_phone("alice", 850)
    bob = desk_phone("bob", 620)
    stack.hook.route = plans.stages(plans.ring(plans.aor("alice")))

    bob.dial("alice")
    alice.answer()
    wait_until_browser_hears(alice, 620)
    wait_until_desk_hears(bob, frequency_hz=850)
    bob.hang_up()
    alice.wait("ended")

    assert stack.hook.wait("/events", "ended")[0]["by"] == "caller"


def test_the_called_browser_hangs_up(stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones) -> None:
    alice = browser_phone("alice", 850)
    bob = desk_phone("bob", 620)
    stack.hook.route = plans.stages(plans.ring(plans.aor("alice")))
    bob.dial("alice")
    alice.answer()
    bob.wait("CALL_ESTABLISHED")

    alice.do("hangUp")
    bob.wait("CALL_CLOSED")

    assert stack.hook.wait("/events", "ended")[0]["by"] == "callee"


def test_the_called_desk_phone_hangs_up(stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones) -> None:
    alice = browser_phone("alice", 850)
    bob = desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    alice.call("bob")
    alice.wait("confirmed")

    bob.hang_up()
    alice.wait("ended")

    assert stack.hook.wait("/events", "ended")[0]["by"] == "callee"


def test_browsers_speak_opus_with_each_other(stack: Stack, browser_phone: MakeBrowserPhone) -> None:
    alice = browser_phone("alice", 850)
    bob = browser_phone("bob", 1250)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    alice.call("bob")
    bob.answer()
    wait_until_browser_hears(alice, 1250)
    wait_until_browser_hears(bob, 850)
    counted = [alice.statistics(), bob.statistics()]
    bob.do("hangUp")
    alice.wait("ended")

    assert [each["codec"] for each in counted] == ["audio/opus", "audio/opus"]
    assert [each["lost"] for each in counted] == [0, 0]


@pytest.mark.parametrize("codecs", ["PCMA PCMU", "PCMA", ""])
def test_a_browser_calls_a_gateway_without_transcoding(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones, codecs: str
) -> None:
    alice = browser_phone("alice", 850)
    far = desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(gateway_to(far, codecs=codecs)))

    alice.call("0123456789")
    wait_until_browser_hears(alice, 620)
    wait_until_desk_hears(far, frequency_hz=850)

    assert alice.statistics()["codec"] in {"audio/PCMU", "audio/PCMA"}


@pytest.mark.parametrize("codecs", ["PCMU PCMA", "PCMA", ""])
def test_a_browser_with_opus_alone_is_understood_by_a_gateway(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones, codecs: str
) -> None:
    alice = browser_phone("alice", 850)
    far = desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(gateway_to(far, codecs=codecs)))

    alice.call("0123456789", only="opus")
    wait_until_browser_hears(alice, 620)
    wait_until_desk_hears(far, frequency_hz=850)

    assert alice.statistics()["codec"] == "audio/opus"


def gateway_to(phone: Phone, **more: str) -> plans.Json:
    """A phone that stands for a carrier: it is called at its address, not as a registered contact."""
    account = phone.account
    return plans.gateway(f"{account.address}:{account.port}", number=account.user, **more)
