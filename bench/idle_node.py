"""What a node that nobody calls asks of the control plane: long polls at its queue, comparisons of versions.

The real hook at moto's SQS, every request counted on its way. Waiting takes a twentieth of its time and comparisons
come sixty times as often, so that an hour fits the bench; the figures are of the hook's own settings.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.counting_proxy import Recording, counting_proxy
from bench.figure import Figure, at_most, exactly
from bench.programs import BenchError, Programs, free_port, running_programs
from local.health import AnswersHttp, HttpCheck
from sbc.hook.settings import Settings, parse_settings
from tests.domain.snapshots import SBC_ID
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import write_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION = "us-east-1"
WAIT_S, COMPARE_S = 1, 5.0
LIMIT_S = 15.0
VERSIONS = "/v1/sbc/versions"


def figures() -> list[Figure]:
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        sqs_url = _start_sqs(programs)
        with (
            FakeApi(_index()) as api,
            FakeKamailio(programs.directory / "kamailio.rpc") as kamailio,
            counting_proxy(sqs_url, port=free_port()) as queue,
            counting_proxy(api.url, port=free_port()) as asked,
        ):
            settings = _hook_settings(sqs_url, queue)
            path = write_settings(programs.directory, api_url=asked.url, kamailio=kamailio.path, **settings)
            usual = _usual_settings(path)
            health = HttpCheck(f"http://127.0.0.1:{usual.listen_port}/health")
            programs.start_python("hook", "sbc.hook", str(path), check=health)
            return _report(usual, *_count(asked, queue))


def _start_sqs(programs: Programs) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    programs.start_python("sqs", "moto.server", "-H", "127.0.0.1", "-p", str(port), check=AnswersHttp(url))
    return url


def _index() -> list[dict[str, Any]]:
    """The parts that a node without a tenant holds."""
    index = {"key": f"sbc/{SBC_ID}/index", "version": 1, "sbc_id": SBC_ID, "domains": {}, "gateways": []}
    return [index | {"allow_private_gateways": False}]


def _hook_settings(sqs_url: str, queue: Recording) -> dict[str, Any]:
    import boto3

    from chalicelib.clients.node_queues import SqsQueues

    made = SqsQueues(boto3.client("sqs", region_name=REGION, endpoint_url=sqs_url), stage="bench").create(SBC_ID, "n1")
    return {
        "queue_url": made,
        "queue_region": REGION,
        "queue_endpoint": queue.url,
        "queue_wait_s": WAIT_S,
        "queue_compare_interval_s": COMPARE_S,
    }


def _usual_settings(path: Path) -> Settings:
    """What the hook would wait and compare by if it weren't told otherwise."""
    given = json.loads(path.read_text())
    return parse_settings({name: value for name, value in given.items() if not name.startswith("queue_")})


def _count(asked: Recording, queue: Recording) -> tuple[float, Mapping[str, int], Mapping[str, int]]:
    """From one comparison to the next, after the start is over: seconds, requests to the API, requests to SQS."""
    _wait_for_comparison(asked)  # the second look; the first is over once the node is healthy
    asked.take()
    queue.take()
    begun = time.monotonic()
    _wait_for_comparison(asked)
    took_s = time.monotonic() - begun
    return took_s, Counter(one.path for one in asked.take()), Counter(one.target for one in queue.take())


def _wait_for_comparison(asked: Recording) -> None:
    known, deadline = len(asked.exchanges), time.monotonic() + LIMIT_S
    while not any(one.path == VERSIONS for one in asked.exchanges[known:]):
        if time.monotonic() > deadline:
            raise BenchError("the node doesn't compare")
        time.sleep(0.01)


def _report(usual: Settings, took_s: float, asked: Mapping[str, int], received: Mapping[str, int]) -> list[Figure]:
    wait_s, compare_s = usual.queue_wait_s, usual.queue_compare_interval_s
    polls = received["ReceiveMessage"] / took_s * 3600 * WAIT_S / wait_s
    comparisons = asked[VERSIONS] * 3600 / compare_s
    others = sum(asked.values()) - asked[VERSIONS] + sum(received.values()) - received["ReceiveMessage"]
    note = f"in {took_s:.1f} s: {dict(received)} to SQS and {dict(asked)} to the API"
    waits = f"{note}; waiting {WAIT_S} s instead of {wait_s}"
    compares = f"{note}; comparing every {COMPARE_S:.0f} s instead of {compare_s:.0f}"
    return [
        at_most("Idle node: requests to SQS", polls, "an hour", 190, note=waits, digits=0),
        at_most("Idle node: comparisons of versions", comparisons, "an hour", 12, note=compares, digits=0),
        exactly("Idle node: other requests", others, "an hour", 0, note=note),
    ]
