"""What a call costs the database once the hook holds its snapshot: counted by proxies before the database and the API.

The API says in its answers which operations a request took, so that what the hook asks of it anyway (the feed each
second, the records of ended calls) can be told from what calls would have caused.
"""

from __future__ import annotations

import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

from bench.control_plane import ControlPlane, make_control_plane
from bench.counting_proxy import Exchange, Recording, counting_proxy
from bench.figure import Figure, exactly, shown
from bench.programs import BenchError, free_port, running_programs
from tests.sbc.hook_process import HookClient

CALLS = 500
DRAINED_S = 20.0
APART = {
    "/v1/sbc/changes": "feed",
    "/v1/sbc/versions": "comparison of versions",
    "/v1/sbc/acks": "acknowledgement",
    "/v1/sbc/cdrs": "call records",
}


def figures() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory() as directory,
        running_programs(Path(directory)) as programs,
        ExitStack() as stack,
    ):
        database = stack.enter_context(counting_proxy(programs.start_dynoxide(), port=free_port()))
        plane = make_control_plane(programs, dynamodb_port=int(database.url.rpartition(":")[2]))
        plane.start_api(PATCHBAY_EXPOSE_DB_COST="true")
        world = plane.make_world()
        people = [{"username": "alice", "alias": "101"}, {"username": "bob", "alias": "102"}]
        for subscriber in people:
            world.admin.post(f"{world.path}/subscribers", subscriber).expect(201)
        api = stack.enter_context(counting_proxy(plane.settings.http_url, port=free_port()))
        plane.start_hook(api_url=api.url)
        client = stack.enter_context(closing(HookClient(plane.settings.hook_port)))
        _call(client, world.domain, "first")
        _wait_until_drained(plane)
        _wait_for_poll(api)
        database.take()
        api.take()
        begun = time.monotonic()
        for number in range(CALLS):
            _call(client, world.domain, f"c{number}")
        _wait_until_drained(plane)
        _wait_for_poll(api)
        return _report(database, api, time.monotonic() - begun)


def _report(database: Recording, api: Recording, lasted_s: float) -> list[Figure]:
    operations, requests = database.take(), api.take()
    apart = {what: _cost(requests, path) for path, what in APART.items()}
    accounted = sum(sum(each.values()) for each in apart.values())
    of_calls = len(operations) - accounted
    others = sorted({each.path for each in requests} - APART.keys())
    total = Counter(each.target for each in operations)
    note = (
        f"{CALLS} calls of three requests each (route, answered, ended) in {lasted_s:.1f} s;"
        f" {len(operations)} operations reached the database ({_shown(total)}), of which {accounted} are the feed's,"
        f" the acknowledgements' and the records', below; API requests that calls caused: {', '.join(others) or 'none'}"
    )
    records = sum(apart["call records"].values())
    return [
        exactly("Database operations of a warm call", of_calls / CALLS, "operations", 0, note=note),
        *(
            shown(f"Apart: operations for {what}", sum(found.values()), "operations", note=_shown(found), digits=0)
            for what, found in apart.items()
        ),
        shown("Apart: operations per call record", records / CALLS, "operations", note="storing and rating"),
    ]


def _cost(requests: list[Exchange], path: str) -> Counter[str]:
    return Counter(name for each in requests if each.path == path for name in each.operations)


def _shown(operations: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(operations.items())) or "none"


def _call(client: HookClient, domain: str, sip_call_id: str) -> None:
    answer = client.invite("102", domain=domain, sip_call_id=sip_call_id)
    if answer["action"] != "ring":
        raise BenchError(f"the call is refused: {answer}")
    client.event("answered", answer["call_id"], stage=0, target=0)
    client.event("ended", answer["call_id"], by="caller", status=200)


def _wait_for_poll(api: Recording) -> None:
    """Until the hook has just asked the feed: the next time is a second away, so both proxies have counted the same."""
    deadline, seen = time.monotonic() + DRAINED_S, _polls(api)
    while _polls(api) == seen:
        if time.monotonic() > deadline:
            raise BenchError("the feed isn't asked")
        time.sleep(0.01)


def _polls(api: Recording) -> int:
    return sum(each.path == "/v1/sbc/changes" for each in api.exchanges)


def _wait_until_drained(plane: ControlPlane) -> None:
    """Until the API has taken every record and the feed has been asked again."""
    deadline = time.monotonic() + DRAINED_S
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{plane.settings.hook_url}/metrics", timeout=5) as answer:
            if b"hook_journal_depth 0\n" in answer.read():
                return
        time.sleep(0.1)
    raise BenchError("the records were not all taken")
