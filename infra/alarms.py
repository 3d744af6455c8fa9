"""Every alarm, as plain data (no CDK needed to read it). Each has its paragraph in docs/operations.md, "Runbook", under
its own name; a test holds the two together, and each metric to what the code sends.

An alarm costs $0.10 a month for each metric that it looks at. Names in braces stand for resources of the stack
(``infra/observability.py`` fills them in), ``{nodes}`` for how many SBC nodes there are.
"""

from __future__ import annotations

from infra.alarm_kinds import STAGE, Alarm, LogMetric, Metric

RUNBOOK = "docs/operations.md"
FROM_LOGS = "Patchbay/Logs/{stage}"
LOG_METRICS = (LogMetric(name="CertificatesNotRenewed", program="certificates", phrase="certificate not renewed"),)


def _own(name: str, statistic: str = "Sum", **more: str) -> dict[str, Metric]:
    return {"m": Metric(name=name, statistic=statistic, dimensions={**STAGE, **more})}


def _aws(namespace: str, name: str, statistic: str, **dimensions: str) -> dict[str, Metric]:
    return {"m": Metric(name=name, statistic=statistic, namespace=f"AWS/{namespace}", dimensions=dimensions)}


_QUIET = "it is sent only when something happened"
_IDLE = "no traffic is no trouble"
_NO_NODE = "a node that says nothing has an alarm of its own"

ALARMS = (
    Alarm(
        name="NodesSilent",
        says="An SBC node sends no metrics: its hook, its machine or its way to CloudWatch is down.",
        metrics=_own("LiveCalls", "SampleCount"),
        comparison="<",
        threshold=-2,
        per_node=5,
        periods=2,
        missing="breaching",
        why_missing="no line in ten minutes is what this is about",
    ),
    Alarm(
        name="PeersSilent",
        says="The nodes of an SBC don't hear each other.",
        metrics=_own("PeersSilent", "Maximum"),
        comparison=">",
        threshold=0,
        period_s=60,
        periods=5,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    # DIFF is what has changed since the period before. Sums of a quarter of an hour, a line a minute from each node: a
    # line that falls into the next one is little of it. A loss of half is below 71 % in one of the two quarters it is
    # in (its share of the first times that of the second is a half), one of a quarter never below 75 %. The floor is
    # for the quarter before, in which some may have gone already: it is sure for 70 phones.
    Alarm(
        name="RegistrationsDropped",
        says="Of at least 50 registered phones more than one in four went away within a quarter of an hour.",
        metrics={"phones": Metric(name="Registrations", statistic="Sum")},
        expression="IF((phones - DIFF(phones)) / 15 >= 50, 100 * phones / (phones - DIFF(phones)), 100)",
        comparison="<",
        threshold=75,
        period_s=900,
        missing="notBreaching",
        why_missing=_NO_NODE,
    ),
    Alarm(
        name="CertificatesNotRenewed",
        says="A node's certificate wasn't renewed for half a day: in a month phones by TLS and browsers can't connect.",
        metrics={"m": Metric(name="CertificatesNotRenewed", statistic="Sum", namespace=FROM_LOGS, dimensions={})},
        comparison=">=",
        threshold=12,  # a node tries once an hour
        period_s=86400,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="CallRecordsWait",
        says="Call records wait on a node for more than five minutes: the API doesn't take them.",
        metrics=_own("JournalAge", "Maximum"),
        comparison=">",
        threshold=300,
        period_s=60,
        periods=3,
        missing="notBreaching",
        why_missing=_NO_NODE,
    ),
    Alarm(
        name="CallRecordsRejected",
        says="The API refused call records for good: calls that nobody is charged for.",
        metrics=_own("RejectedCdrs"),
        comparison=">",
        threshold=0,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="ChangesNotFollowed",
        says="A node can't follow the change feed: new subscribers, passwords and suspensions don't arrive.",
        metrics=_own("FeedFailures"),
        comparison=">=",
        threshold=5,
        periods=3,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="PartsRejected",
        says="The API sent a snapshot part that doesn't validate; the node goes on with the last good one.",
        metrics=_own("RejectedParts"),
        comparison=">",
        threshold=0,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="RoutingSlow",
        says="One decision in twenty takes longer than 50 ms.",
        metrics=_own("RouteLatency", "p95"),
        comparison=">",
        threshold=50,
        periods=3,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="NothingToDecideFrom",
        says="Calls are refused since a node has no snapshot of their tenant and can't fetch it.",
        metrics=_own("RoutesRefused", reason="no_snapshot"),
        comparison=">=",
        threshold=5,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="AnswersFew",
        says="Less than a fifth of at least 50 calls in a quarter of an hour were answered.",
        metrics={
            "calls": Metric(name="CdrsStored", statistic="Sum"),
            "answered": Metric(name="CallsAnswered", statistic="Sum"),
        },
        expression="IF(calls >= 50, 100 * FILL(answered, 0) / calls, 100)",
        comparison="<",
        threshold=20,
        period_s=900,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="CallsEndedByCrash",
        says="Calls were closed after a crash, at the last moment they were known to be up.",
        metrics=_own("EstimatedEnds"),
        comparison=">",
        threshold=0,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="MediaDead",
        says="Many calls ended because no audio came.",
        metrics=_own("DeadMedia"),
        comparison=">=",
        threshold=10,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="RatingLate",
        says="Calls are rated minutes after their end.",
        metrics=_own("RatingLag", "p95"),
        comparison=">",
        threshold=120,
        periods=3,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="CallsUnrated",
        says="Answered calls couldn't be priced.",
        metrics=_own("UnratedLegs"),
        comparison=">",
        threshold=0,
        period_s=3600,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="LedgerDiffers",
        says="A customer's balance isn't the sum of its ledger entries.",
        metrics=_own("LedgerMismatch", "Maximum"),
        comparison=">",
        threshold=0,
        missing="ignore",
        why_missing="between two daily checks what the last one found still holds",
    ),
    Alarm(
        name="LedgersUnchecked",
        says="No ledger was checked for two days.",
        metrics=_own("LedgersChecked", "SampleCount"),
        comparison="<",
        threshold=1,
        period_s=86400,
        periods=2,
        missing="breaching",
        why_missing="a check that doesn't run says nothing",
    ),
    Alarm(
        name="JobsGivenUp",
        says="An import or export was given up after twenty failures.",
        metrics=_own("JobsFailed"),
        comparison=">",
        threshold=0,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="MailsNotSent",
        says="Mails can't be handed over: nobody can sign up or reset a password.",
        metrics=_own("MailsFailed"),
        comparison=">=",
        threshold=3,
        period_s=900,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="MailsBounce",
        says="More than five mails in a hundred bounce; at ten SES stops all mail of the account.",
        metrics=_aws("SES", "Reputation.BounceRate", "Average"),
        comparison=">",
        threshold=0.05,
        period_s=3600,
        missing="notBreaching",
        why_missing="without mails there is no rate",
    ),
    Alarm(
        name="MigrationStuck",
        says="A data migration keeps failing.",
        metrics=_own("MigrationFailures"),
        comparison=">=",
        threshold=5,
        period_s=3600,
        missing="notBreaching",
        why_missing=_QUIET,
    ),
    Alarm(
        name="ApiFails",
        says="The API answers with errors of its own.",
        metrics=_aws("ApiGateway", "5XXError", "Sum", ApiName="{api}"),
        comparison=">=",
        threshold=5,
        periods=2,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="ApiSlow",
        says="One request in twenty takes longer than three seconds.",
        metrics=_aws("ApiGateway", "Latency", "p95", ApiName="{api}"),
        comparison=">",
        threshold=3000,
        periods=3,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="ApiThrottled",
        says="Lambda turns requests away: the account's or the function's concurrency is used up.",
        metrics=_aws("Lambda", "Throttles", "Sum", FunctionName="{api_function}"),
        comparison=">",
        threshold=0,
        periods=2,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="FunctionsFail",
        says="Functions that the clock, queues or the stream call end with errors.",
        metrics={
            "m": Metric(
                name="Errors",
                statistic="Sum",
                namespace="AWS/Lambda",
                dimensions={"FunctionName": "{each}"},
                each="function",
            )
        },
        comparison=">=",
        threshold=3,
        period_s=900,
        missing="notBreaching",
        why_missing=_IDLE,
    ),
    Alarm(
        name="ChangesLate",
        says="Changes wait in the table's stream for more than half a minute.",
        metrics=_aws("Lambda", "IteratorAge", "Maximum", FunctionName="{stream_function}"),
        comparison=">",
        threshold=30_000,
        period_s=60,
        periods=3,
        missing="notBreaching",
        why_missing="without changes nothing waits",
    ),
    Alarm(
        name="WorkWaits",
        says="Imports or exports wait for more than a quarter of an hour.",
        metrics=_aws("SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName="{work_queue}"),
        comparison=">",
        threshold=900,
        missing="notBreaching",
        why_missing="an idle queue has no metrics",
    ),
    Alarm(
        name="DeadLetters",
        says="Messages that nobody could handle were set aside.",
        metrics={
            "m": Metric(
                name="ApproximateNumberOfMessagesVisible",
                statistic="Maximum",
                namespace="AWS/SQS",
                dimensions={"QueueName": "{each}"},
                each="dead_letters",
            )
        },
        comparison=">",
        threshold=0,
        missing="notBreaching",
        why_missing="an idle queue has no metrics",
    ),
    Alarm(
        name="TableThrottled",
        says="DynamoDB turns requests away.",
        metrics={
            "reads": Metric(
                name="ReadThrottleEvents",
                statistic="Sum",
                namespace="AWS/DynamoDB",
                dimensions={"TableName": "{table}"},
            ),
            "writes": Metric(
                name="WriteThrottleEvents",
                statistic="Sum",
                namespace="AWS/DynamoDB",
                dimensions={"TableName": "{table}"},
            ),
        },
        expression="FILL(reads, 0) + FILL(writes, 0)",
        comparison=">",
        threshold=10,
        missing="notBreaching",
        why_missing="it is sent only when something was throttled",
    ),
)


def threshold_of(alarm: Alarm, *, nodes: int) -> float:
    return alarm.threshold + alarm.per_node * nodes


def description_of(alarm: Alarm) -> str:
    return f"{alarm.says} What to do: {RUNBOOK}#{alarm.name.lower()}"
