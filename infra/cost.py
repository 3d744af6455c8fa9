"""``python -m infra.cost [--write]``: what Patchbay costs a month on AWS, by arithmetic on what was measured.

Prices are ``infra/prices.py``; consumption is ``infra/consumption.json``, copied from ``build/bench.json`` by
``--measured``; what nobody can measure beforehand, such as how often people telephone, is ``Assumptions``. With
``--write`` the tables between the marks of docs/cost.md are replaced.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from infra import prices

ROOT = Path(__file__).resolve().parent.parent
CONSUMPTION = ROOT / "infra" / "consumption.json"
DOCUMENT = ROOT / "docs" / "cost.md"
MONTH_S = prices.HOURS * 3600
SIZES = (10, 1_000, 100_000)
GB = 1_000_000_000
FULL_CPU_MB = 1769  # of memory at which a function has one whole virtual CPU

Line = tuple[str, str, float]  # what, how much of it, dollars


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """Measured; the names are those of the bench's figures in ``FIGURES``."""

    call_write_units: float
    call_read_units: float
    call_stored_bytes: float
    call_cpu_ms: float
    call_operations: float
    grouped_write_units: float
    grouped_read_units: float
    grouped_cpu_ms: float
    grouped_operations: float
    page_read_units: float
    page_cpu_ms: float
    page_bytes: float
    part_read_units: float
    versions_read_units: float
    idle_receives_an_hour: float
    idle_versions_an_hour: float
    call_log_bytes: float
    metric_series: float


FIGURES = {
    "call_write_units": "Consumption: writes, call alone",
    "call_read_units": "Consumption: reads, call alone",
    "call_stored_bytes": "Consumption: storage, call alone",
    "call_cpu_ms": "Consumption: CPU, call alone",
    "call_operations": "Consumption: operations, call alone",
    "grouped_write_units": "Consumption: writes, call of 25",
    "grouped_read_units": "Consumption: reads, call of 25",
    "grouped_cpu_ms": "Consumption: CPU, call of 25",
    "grouped_operations": "Consumption: operations, call of 25",
    "page_read_units": "Consumption: reads, a request of a console",
    "page_cpu_ms": "Consumption: CPU, a request of a console",
    "page_bytes": "Consumption: answer, a request of a console",
    "part_read_units": "Consumption: reads, a part of the snapshot",
    "versions_read_units": "Consumption: reads, all versions",
    "idle_receives_an_hour": "Idle node: requests to SQS",
    "idle_versions_an_hour": "Idle node: comparisons of versions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """How Patchbay is used: not measured. Change them to yours and run the module again."""

    calls_per_subscriber: int = 100  # a month
    call_minutes: float = 3.0
    busy_hour_share: float = 0.15  # of a working day's calls
    working_days: int = 22
    legs_out: int = 2  # streams that leave the node to the internet, each side of a call one
    stream_bytes_s: int = 10_000  # G.711 in packets of 20 ms with RTP, UDP and IP headers: 200 bytes, 50 a second
    web_phones: float = 0.2  # share of subscribers who use the phone console
    web_phone_requests: int = 800  # a month: mostly the session renewed every 15 minutes of 8 hours
    subscribers_per_admin: int = 50
    admin_requests: int = 1_500  # a month, of somebody who looks at lists and live state
    changes_per_subscriber: float = 1.0  # a month: passwords, forwards, rights, new ones
    mails_per_subscriber: float = 0.2
    subscriber_bytes: int = 3_000  # record, names, contact and the index's copy
    retention_months: int = 13
    memory_mb: int = 1024
    database_ms: float = 5.0  # Lambda waits so long for each request to DynamoDB
    nodes_per_sbc: int = 2  # either of which carries all its calls
    alarms: int = 38  # metrics that alarms look at
    dashboards: int = 2
    traces: int = 144_540  # of a stage that nobody uses: three schedules each minute, one every 5, one every 10
    secrets: int = 5


def load_consumption(path: Path = CONSUMPTION) -> Consumption:
    values = json.loads(path.read_text(encoding="utf-8"))
    return Consumption(**{field.name: values[field.name] for field in fields(Consumption)})


def take_measured(bench: Mapping[str, float], known: Mapping[str, object]) -> dict[str, object]:
    """``known`` with the figures that the bench has."""
    return {**known, **{name: bench[figure] for name, figure in FIGURES.items() if figure in bench}}


def busy_calls(subscribers: int, use: Assumptions) -> float:
    """Calls in progress at once in the busy hour, by Erlang's traffic: calls an hour times their length in hours."""
    an_hour = subscribers * use.calls_per_subscriber / use.working_days * use.busy_hour_share
    return an_hour * use.call_minutes / 60


def choose_nodes(subscribers: int, use: Assumptions) -> tuple[str, int]:
    """The smallest kind of instance whose pair carries the busy hour, else as many pairs of the largest as it takes."""
    calls = busy_calls(subscribers, use)
    for kind, (_, carried) in prices.INSTANCES.items():
        if calls <= carried:
            return kind, use.nodes_per_sbc
    kind = list(prices.INSTANCES)[-1]
    return kind, use.nodes_per_sbc * math.ceil(calls / prices.INSTANCES[kind][1])


def lambda_dollars(requests: float, cpu_ms: float, operations: float, use: Assumptions) -> float:
    duration_s = (cpu_ms * max(1.0, FULL_CPU_MB / use.memory_mb) + operations * use.database_ms) / 1000
    return requests * (prices.LAMBDA_REQUESTS + duration_s * use.memory_mb / 1024 * prices.LAMBDA_GB_S)


def idle_node(used: Consumption, use: Assumptions) -> list[Line]:
    """The control plane's cost of one node that nobody calls."""
    receives = used.idle_receives_an_hour * prices.HOURS
    versions = used.idle_versions_an_hour * prices.HOURS
    return [
        ("SQS: long polls", f"{receives:,.0f} requests", receives * prices.SQS_REQUESTS),
        ("API Gateway: comparison of versions", f"{versions:,.0f} requests", versions * prices.API_REQUESTS),
        ("Lambda for it", f"{versions:,.0f} requests", lambda_dollars(versions, used.page_cpu_ms, 2, use)),
        (
            "DynamoDB for it",
            f"{versions * used.versions_read_units:,.0f} read units",
            versions * used.versions_read_units * prices.READ_UNITS,
        ),
    ]


def base(used: Consumption, use: Assumptions) -> list[Line]:
    """A month of a stage that nobody uses, with the smallest pair of nodes."""
    return [*_nodes(1, use), *_standing(used, use, nodes=use.nodes_per_sbc)]


def _nodes(subscribers: int, use: Assumptions) -> list[Line]:
    kind, count = choose_nodes(subscribers, use)
    hourly = prices.INSTANCES[kind][0]
    return [
        ("EC2: SBC nodes", f"{count} {kind}", count * hourly * prices.HOURS),
        ("EC2: public addresses, two a node", f"{2 * count}", 2 * count * prices.ADDRESS_HOUR * prices.HOURS),
        ("EBS: root and state volumes", f"{count} x 38 GB", count * 38 * prices.VOLUME_GB_MONTH),
    ]


def _standing(used: Consumption, use: Assumptions, *, nodes: int) -> list[Line]:
    idle = sum(dollars for *_, dollars in idle_node(used, use))
    return [
        ("Control plane of idle nodes", f"{nodes}, see above", nodes * idle),
        ("CloudWatch: metrics", f"{used.metric_series:.0f} series", used.metric_series * prices.METRIC_MONTH),
        ("CloudWatch: alarms", f"{use.alarms}", use.alarms * prices.ALARM_MONTH),
        ("CloudWatch: dashboard", f"{use.dashboards}", use.dashboards * prices.DASHBOARD_MONTH),
        ("Lambda: schedules", f"{use.traces:,} runs", lambda_dollars(use.traces, used.page_cpu_ms, 2, use)),
        ("X-Ray: traces of them", f"{use.traces:,}", use.traces * prices.TRACES),
        ("Secrets Manager", f"{use.secrets} secrets", use.secrets * prices.SECRET_MONTH),
        ("Route 53", "1 zone", prices.ZONE_MONTH),
    ]


def calls(count: int, used: Consumption, use: Assumptions, *, grouped: bool) -> list[Line]:
    """Outbound, answered and rated calls: all that they cause, but for the nodes that are there anyway."""
    writes = count * (used.grouped_write_units if grouped else used.call_write_units)
    reads = count * (used.grouped_read_units if grouped else used.call_read_units)
    requests = count / (25 if grouped else 1)
    cpu_ms = used.grouped_cpu_ms * 25 if grouped else used.call_cpu_ms
    operations = used.grouped_operations * 25 if grouped else used.call_operations
    stored = count * used.call_stored_bytes * use.retention_months / GB
    logged = count * used.call_log_bytes / GB
    sent = count * use.call_minutes * 60 * use.legs_out * use.stream_bytes_s / GB
    return [
        ("Media out to the internet", f"{sent:,.0f} GB", prices.transfer(sent)),
        ("DynamoDB: writes", f"{writes:,.0f} units", writes * prices.WRITE_UNITS),
        ("DynamoDB: reads", f"{reads:,.0f} units", reads * prices.READ_UNITS),
        (
            f"DynamoDB: {use.retention_months} months of records, with backup",
            f"{stored:,.2f} GB",
            stored * (prices.TABLE_GB_MONTH + prices.BACKUP_GB_MONTH),
        ),
        ("API Gateway: records sent in", f"{requests:,.0f} requests", requests * prices.API_REQUESTS),
        ("Lambda: records rated", f"{requests:,.0f} requests", lambda_dollars(requests, cpu_ms, operations, use)),
        ("CloudWatch: logs", f"{logged:,.2f} GB", logged * prices.LOGS_GB),
    ]


def people(subscribers: int, used: Consumption, use: Assumptions) -> list[Line]:
    """What consoles, changes and mails cause."""
    requests = subscribers * (use.web_phones * use.web_phone_requests + use.admin_requests / use.subscribers_per_admin)
    changes = subscribers * use.changes_per_subscriber
    _, nodes = choose_nodes(subscribers, use)
    told = changes * use.nodes_per_sbc
    reads = requests * used.page_read_units + told * used.part_read_units
    mails = subscribers * use.mails_per_subscriber
    stored = subscribers * use.subscriber_bytes / GB
    sent = requests * used.page_bytes / GB
    total = requests + told
    return [
        ("API Gateway: consoles and parts", f"{total:,.0f} requests", total * prices.API_REQUESTS),
        ("Lambda for them", f"{total:,.0f} requests", lambda_dollars(total, used.page_cpu_ms, 3, use)),
        ("DynamoDB: reads", f"{reads:,.0f} units", reads * prices.READ_UNITS),
        ("DynamoDB: changes", f"{changes * 26:,.0f} write units", changes * 26 * prices.WRITE_UNITS),
        (
            "DynamoDB: records, with backup",
            f"{stored:,.3f} GB",
            stored * (prices.TABLE_GB_MONTH + prices.BACKUP_GB_MONTH),
        ),
        ("SQS: changes to nodes", f"{told * 3:,.0f} requests", told * 3 * prices.SQS_REQUESTS),
        (
            "CloudFront",
            f"{sent:,.1f} GB",
            sent * prices.CLOUDFRONT_GB + requests * prices.CLOUDFRONT_REQUESTS,
        ),
        ("SES", f"{mails:,.0f} mails", mails * prices.MAILS),
        ("Control plane of idle nodes", f"{nodes}", nodes * sum(each[2] for each in idle_node(used, use))),
    ]


def at_size(subscribers: int, used: Consumption, use: Assumptions) -> list[Line]:
    """A month with so many subscribers, by area."""
    count = subscribers * use.calls_per_subscriber
    grouped = busy_calls(subscribers, use) / (use.call_minutes * 60) >= 10  # ten end in a second: uploads are full
    traffic = calls(count, used, use, grouped=grouped)
    kind, nodes = choose_nodes(subscribers, use)
    standing = [line for line in _standing(used, use, nodes=nodes) if not line[0].startswith("Control plane")]
    return [
        ("SBC nodes", f"{nodes} {kind}", sum(each[2] for each in _nodes(subscribers, use))),
        (traffic[0][0], traffic[0][1], traffic[0][2]),
        ("Records of calls", f"{count:,} calls", sum(each[2] for each in traffic[1:])),
        ("Consoles, changes, mails", "", sum(each[2] for each in people(subscribers, used, use))),
        ("Watching and secrets", "", sum(each[2] for each in standing)),
    ]


def render(used: Consumption, use: Assumptions) -> str:
    """The tables of docs/cost.md."""
    parts = [
        f"List prices of {prices.REGION} of {prices.AS_OF}, without free tiers, discounts and taxes.",
        "",
        "### An idle node, control plane, a month",
        "",
        *_table(idle_node(used, use)),
        "",
        "### Base, a month",
        "",
        *_table(base(used, use)),
        "",
        f"### 100,000 calls of {use.call_minutes:g} minutes, out by a carrier, rated",
        "",
        *_table(calls(100_000, used, use, grouped=False), head="sent in one by one (the dearest case)"),
        "",
        *_table(calls(100_000, used, use, grouped=True), head="sent in by 25 (a busy node)"),
    ]
    for size in SIZES:
        busy = busy_calls(size, use)
        parts += ["", f"### {size:,} subscribers, a month: {busy:,.1f} calls at once in the busy hour", ""]
        lines = at_size(size, used, use)
        parts += _table(lines)
        total = sum(each[2] for each in lines)
        parts += ["", f"${total / size:,.2f} a subscriber."]
    return "\n".join(parts) + "\n"


def _table(lines: Sequence[Line], *, head: str = "") -> list[str]:
    rows = [f"| {head or 'what'} | how much | $ |", "|---|---|---|"]
    rows += [f"| {what} | {much} | {dollars:,.2f} |" for what, much, dollars in lines]
    return [*rows, f"| **together** | | **{sum(each[2] for each in lines):,.2f}** |"]


def fill_in(document: str, tables: str) -> str:
    """The document with what stands between its marks replaced."""
    marked = re.compile(r"(<!-- tables -->\n).*?(<!-- end of tables -->)", re.DOTALL)
    if not marked.search(document):
        raise ValueError("docs/cost.md has no marks for the tables")
    return marked.sub(lambda found: found[1] + "\n" + tables + "\n" + found[2], document)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.cost", description=__doc__)
    parser.add_argument("--measured", type=Path, help="a build/bench.json whose figures replace those known so far")
    parser.add_argument("--write", action="store_true", help="replace the tables of docs/cost.md")
    options = parser.parse_args()
    if options.measured:
        found = json.loads(options.measured.read_text(encoding="utf-8"))["figures"]
        bench = {figure["name"]: figure["value"] for figure in found if figure["value"] is not None}
        known = json.loads(CONSUMPTION.read_text(encoding="utf-8"))
        CONSUMPTION.write_text(json.dumps(take_measured(bench, known), indent=2) + "\n", encoding="utf-8")
    tables = render(load_consumption(), Assumptions())
    if options.write:
        DOCUMENT.write_text(fill_in(DOCUMENT.read_text(encoding="utf-8"), tables), encoding="utf-8")
    else:
        print(tables)


if __name__ == "__main__":
    main()
