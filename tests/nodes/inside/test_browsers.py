"""A real browser at one node and a real desk phone at the other hear each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.browser_phone import BrowserPhone
from tests.browser.chromium import chromium, context, open_phone, page_url  # noqa: F401 (fixtures)
from tests.local.processes import wait_for
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import SERVICE
from tests.nodes.inside.node import WEBSOCKET_PORT

OpenPhone = Callable[[str], BrowserPhone]


def register(lab: Lab, phone: BrowserPhone, *, tone_hz: int) -> None:
    """At node a."""
    registration = phone.register(
        url=f"ws://{SERVICE['a']}:{WEBSOCKET_PORT}",
        domain=lab.tenant.domain,
        password=lab.tenant.people[phone.user]["passwords"]["softphone"],
        tone_hz=tone_hz,
    )
    assert registration.registered, registration


def test_a_browser_is_called_from_the_other_node_and_both_hear(lab: Lab, open_phone: OpenPhone) -> None:  # noqa: F811
    cy = open_phone("cy")
    register(lab, cy, tone_hz=850)
    ann = lab.desk_phone("ann", lab.b, tone_hz=440)
    lab.wait_shared("cy")

    ann.dial("103")
    cy.answer()
    cy.wait("confirmed", timeout_s=20)
    ann.wait("CALL_ESTABLISHED", timeout_s=20)

    wait_for(lambda: cy.hears(440), limit_s=20)
    wait_for(lambda: ann.heard().duration_s >= 1.5, limit_s=20)
    assert ann.heard().frequency_hz == pytest.approx(850, abs=3)
    assert cy.statistics()["dtls"] == "connected"
    cy.do("hold")
    wait_for(lambda: not ann.receives())
    cy.do("resume")
    wait_for(ann.receives)
    cy.do("hangUp")
    ann.wait("CALL_CLOSED", timeout_s=10)
