"""The metric lines of a real hook process: each once a period, each as CloudWatch takes it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.domain.metrics import METRICS
from sbc.hook.locations import Locations
from sbc.node.hook import prepare_hook
from sbc.node.settings import NodeSettings
from tests.domain.snapshots import DID, SBC_ID
from tests.metrics.emf import Datum, find, read_output
from tests.sbc.conftest import World, a_world
from tests.sbc.hook_process import HookProcess, gateway_invite
from tests.sbc.locations import LocationDb
from tests.sbc.two_nodes import two_nodes

OWN = {"stage": "test", "sbc": SBC_ID, "node": "n1"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    directory = tmp_path_factory.mktemp("hook")
    locations = LocationDb(directory / "location.db")
    locations.register("alice", "acme.example.net")
    locations.register("bob", "acme.example.net")
    locations.register("gone", "acme.example.net", left_s=-60)
    with a_world(directory, emf_interval_s=0.2, stage="test", location_db=str(locations.path)) as world:
        yield world


def wait_for(world: World, enough: Callable[[list[Datum]], bool]) -> list[Datum]:
    """All that was written, once it is enough."""
    wait_until(lambda: enough(read_output(world.hook.output.read_text())), world.hook)
    return read_output(world.hook.output.read_text())


def wait_until(condition: Callable[[], object], hook: HookProcess) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, hook.output.read_text()[-3000:] + hook.log.read_text()[-2000:]
        time.sleep(0.05)


def total(data: list[Datum], name: str, **dimensions: str) -> float:
    return sum(sum(datum.values) for datum in find(data, name, **dimensions) if datum.keys in SINGLE[name])


#: One series of each, so that what is sent in two isn't counted twice.
SINGLE = {name: metric.dimensions[:1] for name, metric in METRICS.items()}


def test_what_a_node_does_and_has_is_in_its_lines(world: World) -> None:
    refused = world.client.invite("+12092488701", user="dave")
    unknown = world.client.post("/route", gateway_invite(DID, src_ip="203.0.113.9"))[1]
    call = world.client.invite("102")

    found = wait_for(
        world,
        lambda data: total(data, "RoutesRefused") >= 2 and any(d.values == (1,) for d in find(data, "LiveCalls")),
    )

    world.client.event("cancelled", call["call_id"])
    assert (refused["status"], unknown["status"]) == (403, 403)
    assert total(found, "RoutesRefused", reason="not_allowed") == 1
    assert total(found, "RoutesRefused", reason="unknown_caller") == 1
    assert {datum.values for datum in find(found, "Registrations")} == {(2,)}
    assert find(found, "LiveCalls", **OWN)
    wait_for(world, lambda data: total(data, "Routes") == sum(len(d.values) for d in find(data, "RouteLatency")) >= 3)


def test_records_that_wait_show_their_number_and_age_and_the_failed_uploads(world: World) -> None:
    world.api.down = True
    try:
        call = world.client.invite("102")
        world.client.event("cancelled", call["call_id"], at=int(time.time() * 1000))
        waiting = wait_for(
            world,
            lambda data: bool(
                any(d.values >= (1,) for d in find(data, "JournalAge"))
                and any(d.values >= (1,) for d in find(data, "JournalDepth"))
                and find(data, "UploadFailures")
                and find(data, "FeedFailures")
            ),
        )
    finally:
        world.api.down = False

    assert total(waiting, "UploadFailures") >= 1
    wait_for(world, lambda data: find(data, "JournalDepth")[-1].values == (0,))


def test_no_line_is_anything_but_a_metric_of_the_catalogue(world: World) -> None:
    found = wait_for(world, lambda data: len(find(data, "Routes")) >= 2)

    assert {datum.name for datum in found} <= {name for name, metric in METRICS.items() if metric.source == "node"}
    for datum in found:
        assert datum.keys in METRICS[datum.name].dimensions
        assert datum.unit == METRICS[datum.name].unit
    lines = [line for line in world.hook.output.read_text().splitlines() if line.endswith("}")]
    assert all("_aws" in json.loads(line) for line in lines)


def test_a_peer_that_is_not_heard_is_counted_until_it_is(tmp_path: Path) -> None:
    with two_nodes(tmp_path, emf_interval_s=0.2, stage="test", peer_hold_s=1.0) as nodes:
        nodes.second.hook.kill()

        output = nodes.first.hook.output
        wait_until(lambda: find(read_output(output.read_text()), "PeersSilent"), nodes.first.hook)
        nodes.second.hook.start()
        nodes.wait_until_joined()
        lines = len(output.read_text().splitlines())
        wait_until(lambda: len(output.read_text().splitlines()) > lines + 1, nodes.first.hook)

        assert find(read_output(output.read_text()), "PeersSilent")[0].values == (1,)
        assert '"PeersSilent"' not in output.read_text().splitlines()[-1]


def test_a_phone_that_several_nodes_know_is_counted_by_the_one_that_reaches_it(tmp_path: Path) -> None:
    database = LocationDb(tmp_path / "location.db")
    at, paths = (
        int(time.time() * 1000),
        ["<sip:192.0.2.1:5071;lr;at=192.0.2.1>", "<sip:192.0.2.2:5071;lr;at=192.0.2.2>"],
    )
    for user, path in (("alice", paths[0]), ("bob", paths[1]), ("carol", None)):
        database.register(user, "acme.example.net")
        database.set_path(user, path)
    database.close()

    here, there = (Locations(database.path, held=lambda address, own=own: address == own) for own in ("192.0.2.1", "x"))

    assert here.count(at) == 2
    assert there.count(at) == 1  # carol's has no other node
    assert here.count(at + 3_600_000) == 0


def test_a_deployed_node_reports_each_minute_under_its_stage(tmp_path: Path) -> None:
    node = NodeSettings(
        api_url="https://api.example.net",
        sip_address="192.0.2.1",
        state_dir=tmp_path,
        run_dir=tmp_path / "run",
    )
    hook = {"sbc_id": SBC_ID, "node": "a"}
    (tmp_path / "enrolment.json").write_text(json.dumps({"hook": hook, "stage": "production"}))

    prepare_hook(node)

    written = json.loads((tmp_path / "run/hook.json").read_text())
    assert (written["stage"], written["emf_interval_s"]) == ("production", 60.0)


def test_without_the_setting_nothing_is_written(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        world.client.invite("102")
        assert world.hook.output.read_text() == ""
