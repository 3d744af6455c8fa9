"""Functions that the clock, queues and the table's stream call: one for each such handler of the application.

A new handler needs its policy (``infra/policies.py``) and nothing in here.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from chalicelib.domain import change_stream
from infra.application import Application, Source
from infra.functions import Package, make_function
from infra.policies import TRIGGERS
from infra.rules import accept
from infra.table import Table

MEMORY_MB = 512
WHOLE_CPU_MB = 1769  # of memory, at which a function has one; with 512 MB it has 0.29
#: What computes for as long as its work takes: a larger share of CPU ends it sooner, for the same price. A tenant of
#: 100,000 subscribers takes 25 s of a whole CPU to export, and an ISP's day of 1,000,000 calls 160 s to count.
MEMORIES_MB = {"run_migrations": WHOLE_CPU_MB, "work_on_queue": WHOLE_CPU_MB}
TIMEOUT_S = 60
TIMEOUTS_S = {"run_migrations": 290}  # of the five minutes between two runs; it looks at what is left of them
WORKERS = 10  # at once, of one queue: imports wait rather than take the concurrency that calls need
TRIES = 5  # of a message, before it is set aside
KEPT = Duration.days(14)  # what was set aside: the longest there is


class Queues(Construct):
    """``queues`` by name: those that handlers of the application receive from, each with its dead letters."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, stage: str, application: Application) -> None:
        super().__init__(scope, construct_id)
        self.queues: dict[str, sqs.Queue] = {}
        self.dead_letters: dict[str, sqs.Queue] = {}
        for source in application.sources:
            if source.trigger == "queue":
                queue_name = str(source.details["queue"]).format(stage=stage)
                short = queue_name.removeprefix(f"{name}-")
                self.dead_letters[short] = make_dead_letters(self, f"{short}-dead", queue_name=f"{queue_name}-dead")
                self.queues[short] = sqs.Queue(
                    self,
                    short,
                    queue_name=queue_name,
                    visibility_timeout=Duration.seconds(6 * timeout_of(source)),  # AWS' advice: throttled polls wait
                    retention_period=KEPT,
                    enforce_ssl=True,
                    dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=TRIES, queue=self.dead_letters[short]),
                )


class Events(Construct):
    """``functions`` by name, and ``dead_letters``: of the stream, by the function's name."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        application: Application,
        package: Package,
        queues: Queues,
        table: Table,
    ) -> None:
        super().__init__(scope, construct_id)
        self.functions: dict[str, lambda_.Function] = {}
        self.dead_letters: dict[str, sqs.Queue] = {}
        self._package = package
        for source in application.sources:
            if source.trigger == "schedule":
                self._schedule(source)
            elif source.trigger == "queue":
                self._consume(source, queues)
            else:
                self._follow(source, table)

    def _schedule(self, source: Source) -> None:
        """A run that failed isn't repeated: the next one looks at all that is due."""
        function = self._make(source, retry_attempts=0, max_event_age=Duration.minutes(1))
        events.Rule(
            self,
            f"{source.name}-rule",
            schedule=events.Schedule.expression(source.details["schedule"]),
            targets=[targets.LambdaFunction(function)],
        )

    def _consume(self, source: Source, queues: Queues) -> None:
        short = str(source.details["queue"]).partition("{stage}-")[2]
        queue = queues.queues[short]
        function = self._make(source, own_queue=queue.queue_arn)
        function.add_event_source(
            sources.SqsEventSource(
                queue,
                batch_size=source.details["batch_size"],
                max_batching_window=Duration.seconds(source.details["batching_window_s"]),
                max_concurrency=source.details["concurrency"] or WORKERS,
                report_batch_item_failures=True,
            )
        )

    def _follow(self, source: Source, table: Table) -> None:
        """The change feed (``chalicelib/domain/change_stream.py`` says how it wants to be called)."""
        if source.name != change_stream.HANDLER:
            raise LookupError(f"{source.name}: infra/events.py knows no filter for this stream's function")
        stream = table.stream_arn or f"{table.table.table_arn}/stream/none"
        dead = make_dead_letters(self, f"{source.name}-dead")
        self.dead_letters[source.name] = dead
        function = self._make(source, stream=stream, own_dead_letters=dead.queue_arn)
        if not table.stream_arn:
            return
        wanted = change_stream.EVENT_SOURCE
        lambda_.CfnEventSourceMapping(
            self,
            f"{source.name}-source",
            function_name=function.function_name,
            event_source_arn=stream,
            batch_size=wanted["BatchSize"],
            maximum_batching_window_in_seconds=wanted["MaximumBatchingWindowInSeconds"],
            starting_position=wanted["StartingPosition"],
            filter_criteria={"filters": [{"pattern": one["Pattern"]} for one in wanted["FilterCriteria"]["Filters"]]},
            function_response_types=wanted["FunctionResponseTypes"],
            maximum_record_age_in_seconds=wanted["MaximumRecordAgeInSeconds"],
            bisect_batch_on_function_error=True,
            destination_config={"onFailure": {"destination": dead.queue_arn}},
        )

    def _make(self, source: Source, **options: Any) -> lambda_.Function:
        own = ("own_queue", "own_dead_letters", "stream")
        resources: dict[str, str] = {key: options.pop(key) for key in own if key in options}
        function = make_function(
            self,
            source.name,
            package=self._package,
            handler=source.handler,
            timeout_s=timeout_of(source),
            memory_mb=MEMORIES_MB.get(source.name, MEMORY_MB),
            trigger=TRIGGERS[source.trigger],
            more_resources=resources,
            **options,
        )
        self.functions[source.name] = function
        return function


def timeout_of(source: Source) -> int:
    return TIMEOUTS_S.get(source.name, TIMEOUT_S)


def make_dead_letters(scope: Construct, construct_id: str, *, queue_name: str | None = None) -> sqs.Queue:
    """What nobody could handle waits here for somebody to look at it."""
    queue = sqs.Queue(scope, construct_id, queue_name=queue_name, retention_period=KEPT, enforce_ssl=True)
    accept(queue, "SQS3", "it holds dead letters itself")
    return queue
