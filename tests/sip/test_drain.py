"""A node that is told to stop: calls in progress go on, new ones are refused, and it ends once there are none."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sip import plans
from tests.sip.kept_node import KeptNode, kept_node
from tests.sip.raw import RawPhone
from tests.sip.sipp import Lab
from tests.sip.stack import wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[KeptNode]:
    with kept_node(tmp_path, DRAIN_LIMIT_S="60") as node:
        try:
            yield node
        finally:
            print(node.report())


@pytest.fixture
def lab(node: KeptNode, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(sip=node.stack.sip, directory=tmp_path)
    yield lab
    lab.stop()


def test_a_call_in_progress_survives_a_stop_that_refuses_new_ones(
    node: KeptNode, lab: Lab, request: pytest.FixtureRequest
) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    node.stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    caller = lab.start("caller_talks_long")
    node.stack.hook.wait("/events", "answered", timeout_s=15)
    other = RawPhone(node.stack.sip)
    request.addfinalizer(other.close)

    assert node.process is not None
    node.process.send_signal(signal.SIGTERM)
    wait_until(
        lambda: other.ask(other.request("OPTIONS", user="carol")).startswith("SIP/2.0 503"),
        what="it refuses",
        timeout_s=4,
    )
    replies = [other.ask(other.request(method, user="carol")) for method in ("INVITE", "REGISTER")]
    still_up = node.process.poll() is None

    assert still_up
    assert all(reply.startswith("SIP/2.0 503") and "Retry-After: 120" in reply for reply in replies)
    caller.finish()
    callee.finish()
    assert node.process.wait(timeout=30) == 0
    assert [each["by"] for each in node.stack.hook.wait("/events", "ended")] == ["caller"]


def test_the_limit_ends_a_wait_for_calls_that_dont_end(tmp_path: Path) -> None:
    with kept_node(tmp_path, DRAIN_LIMIT_S="1") as node:
        lab = Lab(sip=node.stack.sip, directory=tmp_path)
        try:
            phone = lab.start("register", user="bob")
            phone.finish()
            lab.listen("callee", port=phone.port)
            node.stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
            lab.start("caller_talks_long")
            node.stack.hook.wait("/events", "answered", timeout_s=15)

            assert node.stop() == 0
            assert "the limit is reached with 1 calls in progress" in node.log.read_text()
        finally:
            lab.stop()


def test_a_drain_by_command_can_be_undone(node: KeptNode, request: pytest.FixtureRequest) -> None:
    phone = RawPhone(node.stack.sip)
    request.addfinalizer(phone.close)

    assert node.command("drain").wait(30) == 0
    drained = phone.ask(phone.request("OPTIONS", user="carol"))
    assert node.command("undrain").wait(30) == 0
    restored = phone.ask(phone.request("OPTIONS", user="carol"))

    assert (drained[:11], restored[:11]) == ("SIP/2.0 503", "SIP/2.0 200")


def test_a_killed_kamailio_is_back_with_its_registrations(node: KeptNode, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    first = int(node.stack.settings.pid_file.read_text())

    os.kill(first, signal.SIGKILL)
    wait_until(lambda: _is_another(node, first), what="another kamailio", timeout_s=20)
    node.wait_healthy()

    callee = lab.listen("callee", port=phone.port)
    node.stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    lab.start("caller").finish()
    callee.finish()


def _is_another(node: KeptNode, first: int) -> bool:
    try:
        return int(node.stack.settings.pid_file.read_text()) != first
    except (FileNotFoundError, ValueError):
        return False
