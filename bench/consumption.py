"""What calls and requests consume of what AWS charges for: the figures that docs/cost.md multiplies by list prices.

Counted, not timed, but for the CPU: units by the database's own answers (a transaction's writes count twice, as on
AWS), bytes of the items as DynamoDB weighs them. Calls are outbound, answered and rated, each by one rate deck.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from bench.control_plane import make_control_plane
from bench.figure import Figure, shown
from bench.programs import BenchError, running_programs

if TYPE_CHECKING:
    from tests.api_client import Answer
    from tests.calls_world import Provider

GROUP = 25
ROUNDS = 8
ITEM_OVERHEAD = 100  # bytes that DynamoDB adds to each stored item
PAGES = ("/calls?limit=50", "/customers", "/tenants", "/usage", "/charges?state=unrated", "/carriers")


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        os.environ |= {"PATCHBAY_EXPOSE_DB_COST": "true", "PATCHBAY_UNIFORM_ANSWER_MS": "0"}
        database = programs.start_dynoxide()
        make_control_plane(programs, dynamodb_port=int(database.rpartition(":")[2]))
        from tests.api_client import ApiClient
        from tests.calls_world import a_provider

        provider = a_provider(ApiClient())
        _send(provider, 1)  # what is cached or built at first use
        return [*_calls(provider, 1), *_calls(provider, GROUP), *_pages(provider), *_parts(provider)]


def _calls(provider: Provider, count: int) -> list[Figure]:
    stored, begun = _stored_bytes(), process_time()
    answers = [_send(provider, count) for _ in range(ROUNDS)]
    calls, cpu_s = ROUNDS * count, process_time() - begun
    stored = _stored_bytes() - stored
    each = f"{count} call{'s' if count > 1 else ''} a request, {ROUNDS} requests"

    def per_call(name: str, total: float, unit: str, note: str) -> Figure:
        label = "alone" if count == 1 else f"of {count}"
        return shown(f"Consumption: {name}, call {label}", total / calls, unit, note=f"{note}; {each}")

    return [
        per_call(
            "writes", sum(_units(answer)[1] for answer in answers), "write units", "record, entries, balance, usage"
        ),
        per_call(
            "reads", sum(_units(answer)[0] for answer in answers), "read units", "the node, tenant, plan and decks"
        ),
        per_call("storage", stored, "bytes", "all items of the table, before and after"),
        per_call("CPU", cpu_s * 1000, "ms", "of the API's process, with what the test client costs"),
        per_call("operations", sum(len(answer.operations) for answer in answers), "operations", "requests to DynamoDB"),
    ]


def _send(provider: Provider, count: int) -> Answer:
    cdrs = [provider.outbound() for _ in range(count)]
    answer = provider.node.post("/sbc/cdrs", {"cdrs": cdrs})
    results = answer.expect(200)["results"]
    if [result["status"] for result in results] != ["stored"] * count:
        raise BenchError(f"calls weren't stored: {results}")
    return answer


def _pages(provider: Provider) -> list[Figure]:
    """What a page of a console asks, on the average of some lists."""
    begun = process_time()
    answers = [provider.admin.get(path) for path in PAGES for _ in range(ROUNDS)]
    cpu_ms = (process_time() - begun) * 1000 / len(answers)
    for answer in answers:
        answer.expect(200)
    asked = f"{', '.join(PAGES)}, {ROUNDS} times each"
    reads = sum(_units(answer)[0] for answer in answers) / len(answers)
    size = sum(len(answer.text) for answer in answers) / len(answers)
    return [
        shown("Consumption: reads, a request of a console", reads, "read units", note=asked),
        shown("Consumption: CPU, a request of a console", cpu_ms, "ms", note=asked),
        shown("Consumption: answer, a request of a console", size, "bytes", note=f"{asked}; without compression"),
    ]


def _parts(provider: Provider) -> list[Figure]:
    from chalicelib.domain.media_types import PART_TYPE

    key = f"tenant/{provider.tenant_id}/core"
    answer = provider.node.get(f"/sbc/parts?key={key}", headers={"accept": PART_TYPE})
    versions = provider.node.get("/sbc/versions")
    versions.expect(200)
    return [
        shown("Consumption: reads, a part of the snapshot", _units(answer)[0], "read units", note=key),
        shown("Consumption: reads, all versions", _units(versions)[0], "read units", note="of one tenant's SBC"),
    ]


def _units(answer: Answer) -> tuple[float, float]:
    return float(answer.headers["x-db-read-units"]), float(answer.headers["x-db-write-units"])


def _stored_bytes() -> int:
    """Names and values as UTF-8, and the overhead of each item."""
    from chalicelib.storage.database import database

    db = database()
    pages = db.client.get_paginator("scan").paginate(TableName=db.table_name)
    return sum(ITEM_OVERHEAD + _weigh(item) for page in pages for item in page["Items"])


def _weigh(item: dict[str, dict[str, Any]]) -> int:
    return sum(len(name) + len(json.dumps(next(iter(value.values())))) for name, value in item.items())
