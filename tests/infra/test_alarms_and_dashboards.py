"""Alarms and dashboards look at metrics that exist, and whoever is woken by an alarm finds its paragraph."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from chalicelib.domain.metrics import METRICS, NAMESPACE
from chalicelib.domain.refusal_reasons import REASONS
from infra.alarm_kinds import OWN, Alarm, LogMetric, Metric
from infra.alarms import ALARMS, FROM_LOGS, LOG_METRICS, RUNBOOK, description_of, threshold_of
from infra.dashboard import DASHBOARDS, Line, Search, Widget, body_of
from infra.log_groups import NODE_PROGRAMS, node_log_group
from sbc.hook.journal import _SCHEMA
from sbc.node.programs import PROGRAMS
from tests.conftest import ROOT

#: What AWS sends by itself (the services' "CloudWatch metrics" pages), with the dimensions used here.
VENDED = {
    ("AWS/ApiGateway", "Count"): ("ApiName",),
    ("AWS/ApiGateway", "4XXError"): ("ApiName",),
    ("AWS/ApiGateway", "5XXError"): ("ApiName",),
    ("AWS/ApiGateway", "Latency"): ("ApiName",),
    ("AWS/Lambda", "Errors"): ("FunctionName",),
    ("AWS/Lambda", "Throttles"): ("FunctionName",),
    ("AWS/Lambda", "ConcurrentExecutions"): ("FunctionName",),
    ("AWS/Lambda", "IteratorAge"): ("FunctionName",),
    ("AWS/DynamoDB", "ReadThrottleEvents"): ("TableName",),
    ("AWS/DynamoDB", "WriteThrottleEvents"): ("TableName",),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): ("TableName",),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): ("TableName",),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): ("QueueName",),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ("QueueName",),
    ("AWS/SES", "Reputation.BounceRate"): (),
    **{(FROM_LOGS, counted.name): () for counted in LOG_METRICS},
}
STATISTICS = re.compile(r"Sum|Maximum|Minimum|Average|SampleCount|p\d{2}")
NAMES = {
    "stage": "dev",
    "api": "patchbay-dev",
    "table": "patchbay-dev",
    "api_function": "patchbay-dev-api",
    "stream_function": "patchbay-dev-publish_changes",
    "work_queue": "patchbay-dev-work",
}
KINDS = {
    "function": {"sweep_jobs": "patchbay-dev-sweep_jobs", "sweep_outbox": "patchbay-dev-sweep_outbox"},
    "dead_letters": {"work": "patchbay-dev-work-dead"},
}


def widgets() -> Iterator[Widget | Search]:
    for dashboard in DASHBOARDS.values():
        yield from dashboard


def lines() -> Iterator[Line]:
    for widget in widgets():
        if isinstance(widget, Widget):
            yield from widget.lines


def all_metrics() -> list[Metric]:
    in_alarms = [metric for alarm in ALARMS for metric in alarm.metrics.values()]
    return in_alarms + [line.metric for line in lines() if line.metric is not None]


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: f"{metric.name}-{metric.statistic}")
def test_each_metric_is_one_that_is_sent_with_these_dimensions(metric: Metric) -> None:
    if metric.namespace == OWN == NAMESPACE:
        assert tuple(metric.dimensions) in METRICS[metric.name].dimensions
        assert metric.dimensions.get("reason", "other") in REASONS
    else:
        assert tuple(metric.dimensions) == VENDED[metric.namespace, metric.name]
    assert STATISTICS.fullmatch(metric.statistic)


@pytest.mark.parametrize("search", [each for each in widgets() if isinstance(each, Search)], ids=lambda one: one.title)
def test_each_search_is_for_a_metric_with_these_dimensions(search: Search) -> None:
    if search.namespace == OWN:
        assert search.keys in METRICS[search.metric].dimensions
    else:
        assert search.keys == VENDED[search.namespace, search.metric]
    assert {*search.filters, *search.words} <= set(search.keys)


def test_every_metric_that_is_sent_is_on_a_dashboard() -> None:
    shown = {line.metric.name for line in lines() if line.metric is not None and line.metric.namespace == OWN}
    shown |= {widget.metric for widget in widgets() if isinstance(widget, Search)}

    assert set(METRICS) <= shown


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboards_body_has_every_name_filled_in_and_no_widget_on_another(name: str) -> None:
    body = body_of(DASHBOARDS[name], region="us-east-1", names=NAMES, kinds=KINDS)

    text = json.dumps(body)
    assert not re.search(r"\{(stage|each|api|table|\w+_function|\w+_queue)\}", text), text
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(set(places)) == len(places) == len(DASHBOARDS[name])
    assert all(x + widget["width"] <= 24 for (x, _), widget in zip(places, body["widgets"], strict=True))
    for widget in body["widgets"]:
        ids = [line[-1]["id"] for line in widget["properties"]["metrics"] if "id" in line[-1]]
        assert len(set(ids)) == len(ids)


def test_a_search_is_written_as_cloudwatch_reads_it() -> None:
    body = body_of(DASHBOARDS["calls"], region="us-east-1", names=NAMES, kinds=KINDS)
    [found] = [each for each in body["widgets"] if each["properties"]["title"] == "Refusals by reason, as decided"]

    [[line]] = found["properties"]["metrics"]
    assert line["expression"] == (
        "SEARCH('{Patchbay,stage,reason} MetricName=\"RoutesRefused\" stage=\"dev\"', 'Sum', 60)"
    )


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_an_alarms_expression_uses_its_metrics_and_its_window_is_one_that_cloudwatch_takes(alarm: Alarm) -> None:
    used = set(re.findall(r"\b[a-z][a-z0-9]*\b", alarm.expression))

    assert not alarm.expression or used == set(alarm.metrics)
    assert alarm.expression or len(alarm.metrics) == 1
    assert alarm.period_s in (60, 300, 900, 3600, 86400)
    assert alarm.period_s * alarm.periods <= (86400 if alarm.period_s < 3600 else 7 * 86400)
    assert alarm.why_missing
    assert len(description_of(alarm)) <= 1024


def test_one_silent_node_of_two_is_noticed_and_a_late_line_is_not() -> None:
    [alarm] = [each for each in ALARMS if each.name == "NodesSilent"]

    threshold = threshold_of(alarm, nodes=2)

    assert 5 < threshold <= 9  # five lines in five minutes from each; one or two may fall into the next window
    assert threshold_of(alarm, nodes=1) <= 4


def raises_drop_alarm(registered: Callable[[int], int], *, quarters: int = 6) -> bool:
    """Whether the alarm goes off on what nodes send each minute. Its expression is worked out as CloudWatch does it: of
    the first period there is no difference."""
    [alarm] = [each for each in ALARMS if each.name == "RegistrationsDropped"]
    [(name, metric)] = alarm.metrics.items()
    assert (metric.statistic, alarm.comparison, alarm.periods) == ("Sum", "<", 1)
    minutes = alarm.period_s // 60
    sums = [sum(registered(quarter * minutes + minute) for minute in range(minutes)) for quarter in range(quarters)]
    for before, now in itertools.pairwise(sums):
        functions = {
            "IF": lambda condition, then, otherwise: then if condition else otherwise,
            "DIFF": lambda now, before=before: now - before,
        }
        if eval(alarm.expression, {**functions, name: now}) < alarm.threshold:
            return True
    return False


@pytest.mark.parametrize("minute", range(15, 45))
def test_a_loss_of_half_of_the_registrations_is_noticed_whenever_it_comes(minute: int) -> None:
    assert raises_drop_alarm(lambda now: 1000 if now < minute else 500)
    assert raises_drop_alarm(lambda now: 70 if now < minute else 35)


def test_registrations_that_expire_within_an_hour_after_the_network_is_gone_are_noticed() -> None:
    assert raises_drop_alarm(lambda now: 1000 - max(0, min(1000, (now - 20) * 1000 // 60)))


@pytest.mark.parametrize("minute", range(15, 45))
def test_a_loss_of_less_than_a_quarter_is_no_alarm_and_neither_is_all_of_a_small_system(minute: int) -> None:
    assert not raises_drop_alarm(lambda now: 1000 if now < minute else 760)
    assert not raises_drop_alarm(lambda now: 49 if now < minute else 1)
    assert not raises_drop_alarm(lambda now: 3 if now < minute else 1)


def test_registrations_that_come_back_or_move_to_another_node_are_no_drop() -> None:
    assert not raises_drop_alarm(lambda now: 500 if now < 22 else 1000)
    assert not raises_drop_alarm(lambda now: 1000 if now != 31 else 2000)  # a line that comes late
    # five minutes until the other node has them
    assert not raises_drop_alarm(lambda now: 1000 if not 31 <= now < 36 else 500)


@pytest.mark.parametrize("counted", LOG_METRICS, ids=lambda counted: counted.name)
def test_lines_that_are_counted_are_lines_that_the_program_writes(counted: LogMetric) -> None:
    code = (ROOT / f"sbc/node/{counted.program}.py").read_text()

    assert re.search(rf'log\.\w+\("{re.escape(counted.phrase)}\b', code)
    assert counted.program in NODE_PROGRAMS


def paragraphs() -> dict[str, str]:
    runbook = (ROOT / RUNBOOK).read_text().partition("\n## Runbook\n")[2].partition("\n## ")[0]
    found = re.split(r"^#### (\w+)$", runbook, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_each_alarm_has_its_paragraph_and_each_paragraph_its_alarm() -> None:
    assert list(paragraphs()) == [alarm.name for alarm in ALARMS]


@pytest.mark.parametrize("name", [alarm.name for alarm in ALARMS])
def test_a_paragraph_says_what_it_means_where_to_look_and_what_to_do(name: str) -> None:
    text = paragraphs()[name]

    assert re.findall(r"^- \*\*(Means|Look|Do)\.\*\* \S", text, flags=re.MULTILINE) == ["Means", "Look", "Do"]
    assert name.lower() in description_of(next(alarm for alarm in ALARMS if alarm.name == name))


def test_saved_queries_that_the_runbook_names_exist() -> None:
    from infra.queries import QUERIES

    named = set(re.findall(r"query \*([^*]+)\*", (ROOT / RUNBOOK).read_text()))

    assert named
    assert named <= {query.name for query in QUERIES}


def test_each_program_of_a_node_has_its_log_group() -> None:
    assert set(NODE_PROGRAMS) == set(PROGRAMS)
    assert len({node_log_group("patchbay-dev", program) for program in NODE_PROGRAMS}) == len(NODE_PROGRAMS)
    with pytest.raises(LookupError):
        node_log_group("patchbay-dev", "pbx")


def test_the_runbooks_way_to_send_rejected_records_again_keeps_the_journal_in_order() -> None:
    text = " ".join(paragraphs()["CallRecordsRejected"].split())
    statements = re.search(r"`(INSERT INTO records .+?)`", text)
    assert statements is not None
    journal = sqlite3.connect(":memory:")
    journal.executescript(_SCHEMA)
    journal.execute("INSERT INTO records VALUES (7, 'call_a', '{}')")
    journal.execute("INSERT INTO open_calls VALUES (9, 'call_b', '', '')")
    journal.executemany("INSERT INTO rejected VALUES (?, '{}', 'x', 'y', 1)", [("call_c",), ("call_d",)])

    journal.executescript(statements[1])

    assert [number for (number,) in journal.execute("SELECT number FROM records ORDER BY number")] == [7, 10, 11]
    assert journal.execute("SELECT count(*) FROM rejected").fetchone() == (0,)
    journal.close()
