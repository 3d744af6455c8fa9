"""The dashboards, as plain data (no CDK needed to read it): what an operator sees first, and what is behind it.

Names in braces stand for resources of the stack, as in ``infra/alarms.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.alarm_kinds import Metric

HEIGHT = 6
WIDTH = 8  # of 24: three beside each other
PERIOD_S = 60

View = Literal["timeSeries", "singleValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A metric, or ``expression`` over those with ids. ``metric.each``: a line for every resource of the kind."""

    label: str
    metric: Metric | None = None
    id: str = ""
    expression: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    title: str
    lines: tuple[Line, ...]
    view: View = "timeSeries"
    stacked: bool = False
    period_s: int = PERIOD_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A line for each value of a dimension that isn't known beforehand (reasons, nodes, queues of nodes)."""

    title: str
    namespace: str
    keys: tuple[str, ...]
    metric: str
    statistic: str
    stacked: bool = True
    period_s: int = PERIOD_S
    filters: Mapping[str, str] = field(default_factory=lambda: {"stage": "{stage}"})
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # that a dimension's value has among others

    @property
    def expression(self) -> str:
        schema = ",".join((self.namespace, *self.keys))
        exact = [f'{name}="{value}"' for name, value in self.filters.items()]
        some = [f"{name}={word}" for name, words in self.words.items() for word in words]
        wanted = " ".join((*exact, *some))
        return f"SEARCH('{{{{{schema}}}}} MetricName=\"{self.metric}\" {wanted}', '{self.statistic}', {self.period_s})"


def _own(label: str, name: str, statistic: str = "Sum", **more: Any) -> Line:
    return Line(label=label, metric=Metric(name=name, statistic=statistic), **more)


def _aws(label: str, namespace: str, name: str, statistic: str, *, each: str = "", **dimensions: str) -> Line:
    metric = Metric(name=name, statistic=statistic, namespace=f"AWS/{namespace}", dimensions=dimensions, each=each)
    return Line(label=label, metric=metric)


CALLS: tuple[Widget | Search, ...] = (
    Widget(title="Live calls", lines=(_own("calls", "LiveCalls"),), view="singleValue"),
    Widget(title="Registered phones", lines=(_own("phones", "Registrations"),), view="singleValue"),
    Widget(
        title="Nodes that report", lines=(_own("nodes", "LiveCalls", "SampleCount"),), view="singleValue"
    ),
    Search(
        title="Live calls by node", namespace="Patchbay", keys=("stage", "sbc", "node"), metric="LiveCalls",
        statistic="Maximum",
    ),
    Search(
        title="Registrations by node", namespace="Patchbay", keys=("stage", "sbc", "node"), metric="Registrations",
        statistic="Maximum",
    ),
    Widget(
        title="Calls ended, in five minutes",
        period_s=300,
        lines=(_own("all", "CdrsStored"), _own("answered", "CallsAnswered")),
    ),
    Widget(
        title="ASR: answered of all calls, %",
        period_s=900,
        lines=(
            _own("calls", "CdrsStored", id="calls", hidden=True),
            _own("answered", "CallsAnswered", id="answered", hidden=True),
            Line(label="ASR", expression="100 * FILL(answered, 0) / calls", id="asr"),
        ),
    ),
    Widget(
        title="ACD: average talk time, s",
        period_s=900,
        lines=(
            _own("talk", "TalkSeconds", id="talk", hidden=True),
            _own("answered", "CallsAnswered", id="answered", hidden=True),
            Line(label="ACD", expression="talk / answered", id="acd"),
        ),
    ),
    Widget(
        title="Post-dial delay, ms",
        period_s=300,
        lines=(_own("half of the calls", "PostDialDelay", "p50"), _own("19 of 20", "PostDialDelay", "p95")),
    ),
    Search(
        title="Refusals by reason, as decided", namespace="Patchbay", keys=("stage", "reason"),
        metric="RoutesRefused", statistic="Sum",
    ),
    Search(
        title="Refused calls by reason, as recorded", namespace="Patchbay", keys=("stage", "reason"),
        metric="CallsRefused", statistic="Sum", period_s=300,
    ),
    Widget(
        title="Route latency, ms",
        lines=(_own("half", "RouteLatency", "p50"), _own("99 of 100", "RouteLatency", "p99")),
    ),
    Search(
        title="Journal depth by node", namespace="Patchbay", keys=("stage", "sbc", "node"), metric="JournalDepth",
        statistic="Maximum",
    ),
    Widget(
        title="Oldest record that waits, s; rating lag, s",
        lines=(
            _own("oldest in a journal", "JournalAge", "Maximum"),
            _own("rating lag, 19 of 20", "RatingLag", "p95"),
        ),
    ),
    Widget(
        title="Calls that ended badly",
        period_s=300,
        lines=(_own("no audio", "DeadMedia"), _own("crash", "EstimatedEnds"), _own("unrated legs", "UnratedLegs")),
    ),
)  # fmt: skip

PLATFORM: tuple[Widget | Search, ...] = (
    Widget(
        title="API requests and errors",
        lines=(
            _aws("requests", "ApiGateway", "Count", "Sum", ApiName="{api}"),
            _aws("4xx", "ApiGateway", "4XXError", "Sum", ApiName="{api}"),
            _aws("5xx", "ApiGateway", "5XXError", "Sum", ApiName="{api}"),
        ),
    ),
    Widget(
        title="API latency, ms",
        lines=(
            _aws("half", "ApiGateway", "Latency", "p50", ApiName="{api}"),
            _aws("99 of 100", "ApiGateway", "Latency", "p99", ApiName="{api}"),
        ),
    ),
    Widget(
        title="Lambda: errors and throttles",
        lines=(
            _aws("errors", "Lambda", "Errors", "Sum", each="function", FunctionName="{each}"),
            _aws("API throttled", "Lambda", "Throttles", "Sum", FunctionName="{api_function}"),
            _aws("API at once", "Lambda", "ConcurrentExecutions", "Maximum", FunctionName="{api_function}"),
        ),
    ),
    Widget(
        title="DynamoDB: throttles",
        lines=(
            _aws("reads", "DynamoDB", "ReadThrottleEvents", "Sum", TableName="{table}"),
            _aws("writes", "DynamoDB", "WriteThrottleEvents", "Sum", TableName="{table}"),
        ),
    ),
    Widget(
        title="DynamoDB: units a minute",
        lines=(
            _aws("read", "DynamoDB", "ConsumedReadCapacityUnits", "Sum", TableName="{table}"),
            _aws("written", "DynamoDB", "ConsumedWriteCapacityUnits", "Sum", TableName="{table}"),
        ),
    ),
    Widget(
        title="Queue ages, s; the stream's, ms",
        lines=(
            _aws("work", "SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName="{work_queue}"),
            _aws("stream", "Lambda", "IteratorAge", "Maximum", FunctionName="{stream_function}"),
        ),
    ),
    Search(
        title="Oldest change in the queue of each node, s", namespace="AWS/SQS", keys=("QueueName",),
        metric="ApproximateAgeOfOldestMessage", statistic="Maximum", stacked=False, period_s=300,
        filters={}, words={"QueueName": ("patchbay", "{stage}", "node")},
    ),
    Widget(
        title="Dead letters",
        period_s=300,
        lines=(
            _aws(
                "waiting", "SQS", "ApproximateNumberOfMessagesVisible", "Maximum", each="dead_letters",
                QueueName="{each}",
            ),
        ),
    ),
    Widget(
        title="Ledgers checked; balances that differ",
        period_s=3600,
        lines=(_own("checked", "LedgersChecked"), _own("differ", "LedgerMismatch", "Maximum")),
    ),
    Widget(
        title="Change feed",
        period_s=300,
        lines=(
            _own("published", "ChangesPublished"),
            _own("refused by a queue", "NodeQueueFailures"),
            _own("queue gone", "NodeQueuesMissing"),
            _own("queue left behind", "NodeQueuesLeft"),
            _own("not understood", "StreamRecordsSkipped"),
            _own("not followed by a node", "FeedFailures"),
            _own("parts rejected", "RejectedParts"),
            _own("peers not heard", "PeersSilent", "Maximum"),
        ),
    ),
    Widget(
        title="Call records: trouble",
        period_s=300,
        lines=(
            _own("duplicates", "CdrsDuplicate"),
            _own("rejected by the API", "CdrsRejected"),
            _own("set aside by a node", "RejectedCdrs"),
            _own("uploads that failed", "UploadFailures"),
        ),
    ),
    Widget(
        title="Jobs, mails, migrations that failed; routes",
        period_s=300,
        lines=(
            _own("jobs", "JobsFailed"),
            _own("mails", "MailsFailed"),
            _own("migrations", "MigrationFailures"),
            _own("routes", "Routes"),
        ),
    ),
)  # fmt: skip

DASHBOARDS = {"calls": CALLS, "platform": PLATFORM}


def body_of(
    widgets: tuple[Widget | Search, ...],
    *,
    region: str,
    names: Mapping[str, str],
    kinds: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """CloudWatch's dashboard body. ``names``: resources by the names in braces; ``kinds``: of ``Metric.each``, their
    names by what they are called in the legend."""
    found = []
    for place, widget in enumerate(widgets):
        properties = _search(widget, names) if isinstance(widget, Search) else _graph(widget, names, kinds)
        found.append(
            {
                "type": "metric",
                "x": place % 3 * WIDTH,
                "y": place // 3 * HEIGHT,
                "width": WIDTH,
                "height": HEIGHT,
                "properties": {"title": widget.title, "region": region, "period": widget.period_s, **properties},
            }
        )
    return {"widgets": found}


def _search(widget: Search, names: Mapping[str, str]) -> dict[str, Any]:
    line = [{"expression": widget.expression.format_map(names), "id": "e", "label": ""}]
    return {"view": "timeSeries", "stacked": widget.stacked, "metrics": [line]}


def _graph(widget: Widget, names: Mapping[str, str], kinds: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    lines = [entry for line in widget.lines for entry in _entries(line, names, kinds)]
    return {"view": widget.view, "stacked": widget.stacked, "metrics": lines}


def _entries(line: Line, names: Mapping[str, str], kinds: Mapping[str, Mapping[str, str]]) -> list[list[Any]]:
    options: dict[str, Any] = {"label": line.label}
    options |= {"id": line.id} if line.id else {}
    options |= {"visible": False} if line.hidden else {}
    if line.metric is None:
        return [[options | {"expression": line.expression}]]
    metric = line.metric
    if not metric.each:
        return [_entry(metric, names, options)]
    return [
        _entry(metric, {**names, "each": name}, options | {"label": f"{line.label}: {shown}"})
        for shown, name in kinds[metric.each].items()
    ]


def _entry(metric: Metric, names: Mapping[str, str], options: Mapping[str, Any]) -> list[Any]:
    pairs = [text for name, value in metric.dimensions.items() for text in (name, value.format_map(names))]
    return [metric.namespace, metric.name, *pairs, {"stat": metric.statistic, **options}]
