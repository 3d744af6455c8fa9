"""Who may call what: the statements of each function's role, by hand, as plain data (no CDK needed to read it).

``{table}``, ``{files}`` and the like stand for resources of the stack; ``infra/functions.py`` fills them in. A ``*`` in
a resource has its reason in ``wildcard``; an action never has one. ``tests/infra/test_policies.py`` compares all this
with the calls that the code makes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``actions`` on ``resources``. ``wildcard``: why a resource can't be named in full."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    wildcard: str = ""


_TABLE = ("{table}", "{table}/index/GSI1")
READ = Statement(actions=("dynamodb:GetItem", "dynamodb:Query"), resources=_TABLE)
READ_MANY = Statement(actions=("dynamodb:BatchGetItem",), resources=("{table}",))
WRITE = Statement(  # the four kinds of operation in a transaction
    actions=("dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    resources=("{table}",),
)
WRITE_MANY = Statement(actions=("dynamodb:BatchWriteItem",), resources=("{table}",))

# SES looks at the sender's identity; while it is in its sandbox, at the recipient's too, and the stack gives all.
MAIL_TRIAL = "in its sandbox SES asks for a right on the identity of each recipient, who is verified by hand"
MAIL = Statement(actions=("ses:SendEmail",), resources=("{mail_identity}", "{mail_configuration}"))

_KEYS = "the keys of files are made while the system runs; the bucket holds nothing else"
READ_FILES = Statement(actions=("s3:GetObject",), resources=("{files}/*",), wildcard=_KEYS)
WRITE_FILES = Statement(actions=("s3:PutObject",), resources=("{files}/*",), wildcard=_KEYS)
DELETE_FILES = Statement(actions=("s3:DeleteObject",), resources=("{files}/*",), wildcard=_KEYS)
MISS_FILES = Statement(actions=("s3:ListBucket",), resources=("{files}",))  # else a missing file looks like a refusal
FILES = (READ_FILES, WRITE_FILES, DELETE_FILES, MISS_FILES)

SECRETS = Statement(
    actions=("secretsmanager:CreateSecret", "secretsmanager:GetSecretValue"),
    resources=("{secrets}/*",),
    wildcard="secrets are made on first use, and Secrets Manager ends their ARNs with six characters of its own",
)

QUEUE_WORK = Statement(actions=("sqs:SendMessage",), resources=("{work_queue}",))
_NODES = "a node's queue is made when the node is enrolled and bears its name"
MAKE_NODE_QUEUES = Statement(
    actions=("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueUrl", "sqs:SetQueueAttributes"),
    resources=("{node_queues}*",),
    wildcard=_NODES,
)
TELL_NODES = Statement(actions=("sqs:SendMessage",), resources=("{node_queues}*",), wildcard=_NODES)

# What Lambda itself does in the function's name, rather than the function's code.
LOGS = Statement(
    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
    resources=("{log_group}:*",),
    wildcard="Lambda names the log streams, one for each of its machines",
)
TRACES = Statement(
    actions=("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    resources=("*",),
    wildcard="X-Ray's write actions take no resource",
)
EVERY_FUNCTION = (LOGS, TRACES)
TRIGGERS: dict[str, tuple[Statement, ...]] = {
    "http": (),
    "schedule": (),
    "queue": (
        Statement(
            actions=(
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ),
            resources=("{own_queue}",),
        ),
    ),
    "stream": (
        Statement(
            actions=("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
            resources=("{stream}",),
        ),
        Statement(actions=("dynamodb:ListStreams",), resources=("*",), wildcard="this action takes no resource"),
        Statement(actions=("sqs:SendMessage",), resources=("{own_dead_letters}",)),
    ),
}

API = "api"  # the function behind API Gateway; the others have their handlers' names

FUNCTIONS: dict[str, tuple[Statement, ...]] = {
    API: (
        READ, READ_MANY, WRITE, WRITE_MANY, MAIL, *FILES, SECRETS, QUEUE_WORK, MAKE_NODE_QUEUES, TELL_NODES,
    ),
    "check_ledgers": (READ, WRITE),
    "delete_files": (READ, WRITE_MANY, DELETE_FILES),
    "publish_changes": (READ, TELL_NODES),
    "run_migrations": (READ, READ_MANY, WRITE, SECRETS),
    "sweep_jobs": (READ, WRITE, QUEUE_WORK),
    "sweep_outbox": (READ, WRITE),
    "work_on_queue": (READ, READ_MANY, WRITE, *FILES, SECRETS, QUEUE_WORK),
}  # fmt: skip


class UnknownFunctionError(LookupError):
    """A function has no policy yet; the message names it."""


def statements_of(function: str) -> tuple[Statement, ...]:
    """What the code of this function may call."""
    if function not in FUNCTIONS:
        raise UnknownFunctionError(f"{function}: say in infra/policies.py what this function may call")
    return FUNCTIONS[function]
