"""``kill -9`` during calls: no finished call's record is lost or doubled, and nothing hangs."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.local.processes import GatewayClient, wait_for
from tests.system.ground_truth import Traffic, answered, assert_records_match
from tests.system.phone import PhoneCall
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant

pytestmark = [pytest.mark.system, pytest.mark.load]

NUMBER = "2092489001"


@pytest.fixture(autouse=True)
def _everything_is_well_again(programs: Programs) -> Iterator[None]:
    yield
    programs.wait_healthy("api", "hook", "kamailio", "rtpengine")


def run_with_kills(programs: Programs, traffic: Traffic, names: Sequence[str], *, pause_s: tuple[float, float]) -> int:
    """Kills at random moments until the calls are over; how often."""
    chance, over, kills = random.Random(7), threading.Event(), 0
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(traffic.run)
        running.add_done_callback(lambda _: over.set())
        while not over.wait(chance.uniform(*pause_s)):
            programs.kill(chance.choice(names))
            kills += 1
        running.result()
    return kills


def assert_nothing_is_left(programs: Programs, *, limit_s: float = 60) -> None:
    wait_for(lambda: programs.live_calls() == [], limit_s=limit_s)
    wait_for(lambda: programs.metric("hook_journal_depth") == 0, limit_s=limit_s)
    wait_for(lambda: programs.dialogs() == 0, limit_s=limit_s)


def test_kills_of_hook_and_api_during_sixty_calls_lose_and_double_nothing(
    provider: Provider, tenant: Tenant, programs: Programs, gateway: GatewayClient
) -> None:
    ann = tenant.phone("ann")
    traffic = Traffic(ann, NUMBER, count=60, over_s=20, talk_s=(2, 8))

    kills = run_with_kills(programs, traffic, ("hook", "api"), pause_s=(1.5, 3.0))
    programs.wait_healthy("api", "hook")

    assert kills >= 5
    records = assert_records_match(provider, traffic.calls, gateway)
    assert len(records) >= 30  # the others came while the hook was away
    assert not [each for each in records if each["estimated"]]
    assert {call.status for call in traffic.calls} <= {200, 503}
    assert_nothing_is_left(programs)


def test_a_kill_of_kamailio_during_calls_loses_none_of_them(
    provider: Provider, tenant: Tenant, programs: Programs, gateway: GatewayClient
) -> None:
    ann = tenant.phone("ann", patience_s=10)
    traffic = Traffic(ann, NUMBER, count=30, over_s=12, talk_s=(2, 8))

    kills = run_with_kills(programs, traffic, ("kamailio",), pause_s=(5.0, 6.0))
    programs.wait_healthy("kamailio")

    assert kills >= 2
    records = assert_records_match(provider, traffic.calls, estimates=True)
    assert len(records) >= 25
    assert {call.bye_status for call in answered(traffic.calls)} == {200}
    assert_nothing_is_left(programs)


def test_calls_whose_dialogs_are_lost_are_closed_and_marked_as_estimated(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    ann = tenant.phone("ann")
    calls = [ann.dial(NUMBER) for _ in range(3)]
    assert [call.wait_status() for call in calls] == [200, 200, 200]
    assert len(programs.live_calls()) == 3

    with programs.stopped("kamailio"):
        for path in programs.system.paths.sbc.glob("dialog.db*"):
            path.unlink()

    wait_for(lambda: programs.live_calls() == [], limit_s=60)
    wait_for(lambda: len(provider.calls_with(*(call.call_id for call in calls))) == 3)
    records = provider.calls_with(*(call.call_id for call in calls))
    assert [each["estimated"] for each in records] == [True, True, True]
    provider.assert_ledger_agrees(provider.calls())
    for call in calls:
        call.ended_at = 1.0  # nobody is left to hang up with


def test_a_kill_of_the_media_engine_ends_the_calls_that_lost_their_media(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")
    calls: list[PhoneCall] = [ann.dial("102") for _ in range(3)]
    assert [call.wait_status() for call in calls] == [200, 200, 200]

    programs.kill("rtpengine")

    for call in calls:
        call.wait_ended(timeout_s=20)
    for received in bob.received:
        received.wait_ended()
    records = assert_records_match(provider, calls)
    assert len(records) == len(bob.received) == 3
    assert {each["hangup_by"] for each in records} == {"media"}
    programs.wait_healthy("rtpengine")
    after = ann.dial("102")
    assert after.wait_status() == 200
    assert after.hang_up() == 200
    assert_nothing_is_left(programs)
