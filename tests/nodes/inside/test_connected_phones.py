"""Phones that are reached by the connection they registered over (TLS, WSS), and the loss of their node."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from local.phones import Phone as DeskPhone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.chromium import chromium, context, open_phone, page_url  # noqa: F401 (fixtures)
from tests.local.processes import wait_for
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import PRIVATE, SERVICE, cut_off
from tests.nodes.inside.node import DESK_PHONE_S, WSS_PORT

OpenPhone = Callable[[str], BrowserPhone]
BROWSER_S = 15.0


def talk(caller: DeskPhone, number: str) -> None:
    caller.dial(number)
    caller.wait("CALL_ESTABLISHED", timeout_s=20)


def test_phones_by_tls_and_wss_are_called_through_their_node_and_again_once_it_is_lost(
    lab: Lab,
    open_phone: OpenPhone,  # noqa: F811
) -> None:
    bob = lab.desk_phone("bob", lab.a, tone_hz=620, answers="auto", transport="tls", register_s=DESK_PHONE_S)
    cy = open_phone("cy")
    credentials = {"domain": lab.tenant.domain, "password": lab.tenant.people["cy"]["passwords"]["softphone"]}
    assert cy.register(url=f"wss://{SERVICE['a']}:{WSS_PORT}", tone_hz=850, **credentials).registered
    ann = lab.desk_phone("ann", lab.b, tone_hz=440)
    dora = lab.desk_phone("dora", lab.b, tone_hz=350)
    for user in ("bob", "cy", "ann", "dora"):
        lab.wait_shared(user)

    # -- both are called through a, and heard
    talk(ann, "102")
    dora.dial("103")
    cy.answer()
    dora.wait("CALL_ESTABLISHED", timeout_s=20)
    for phone in (ann, bob, dora):
        wait_for(lambda phone=phone: phone.heard().duration_s >= 1.5, limit_s=20)  # type: ignore[misc]
    wait_for(lambda: cy.hears(350), limit_s=20)
    heard = [phone.heard().frequency_hz for phone in (ann, bob, dora)]
    assert heard == pytest.approx([620, 440, 850], abs=3)
    assert (lab.a.dialogs(), lab.b.dialogs()) == (0, 2)

    # -- a is gone, and b has its address
    lab.a.kill()
    cut_off("a")
    failed_at = time.monotonic()
    lab.take_over(lab.b, of="a")
    wait_for(lambda: lab.b.holder_of(SERVICE["a"]) == PRIVATE["b"])
    cy.wait("registered", count=2, timeout_s=60)
    call = lab.phone("ann", lab.b).dial("103")
    cy.wait("session", count=2, timeout_s=60)
    took_s = time.monotonic() - failed_at
    print(f"browser called {took_s:.1f} s after the failure")
    assert took_s < BROWSER_S
    call.cancel()
    assert call.wait_status() == 487
    # their calls go on: the media of these is at b
    assert cy.hears(350)
    before = [phone.heard().duration_s for phone in (ann, bob, dora)]
    for phone, duration_s in zip((ann, bob, dora), before, strict=True):
        wait_for(lambda phone=phone, duration_s=duration_s: phone.heard().duration_s >= duration_s + 0.5)  # type: ignore[misc]

    # -- a desk phone finds out when it registers again
    wait_for(lambda: any(f"via={PRIVATE['b']}" in each["Path"] for each in lab.b.contacts(lab.aor("bob"))), limit_s=40)
    call = lab.phone("ann", lab.b).dial("102")
    assert call.wait_status() == 200
    print(f"desk phone called {time.monotonic() - failed_at:.1f} s after the failure, registering for {DESK_PHONE_S} s")
    assert call.hang_up() == 200

    # -- and the calls of before are ended from either side
    dora.hang_up()
    dora.wait("CALL_CLOSED", timeout_s=10)
    cy.wait("ended", timeout_s=10)
    bob.hang_up()
    ann.wait("CALL_CLOSED", timeout_s=10)
