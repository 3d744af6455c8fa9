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


TABLE = Statement(
    actions=(
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ),
    resources=("{table}", "{table}/index/GSI1"),
)
MAIL = Statement(actions=("ses:SendEmail",), resources=("{mail_identity}", "{mail_configuration}"))
FILES = (
    Statement(
        actions=("s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
        resources=("{files}/*",),
        wildcard="the keys of files are made while the system runs; the bucket holds nothing else",
    ),
    Statement(actions=("s3:ListBucket",), resources=("{files}",)),  # without it a missing file looks like a refusal
)
SECRETS = Statement(
    actions=("secretsmanager:CreateSecret", "secretsmanager:GetSecretValue"),
    resources=("{secrets}/*",),
    wildcard="secrets are made on first use, and Secrets Manager ends their ARNs with six characters of its own",
)

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

API = "api"  # the function behind API Gateway; the others have their handlers' names

FUNCTIONS: dict[str, tuple[Statement, ...]] = {
    API: (TABLE, MAIL, *FILES, SECRETS),
}


class UnknownFunctionError(LookupError):
    """A function has no policy yet; the message names it."""


def statements_of(function: str) -> tuple[Statement, ...]:
    """What the code of this function may call."""
    if function not in FUNCTIONS:
        raise UnknownFunctionError(f"{function}: say in infra/policies.py what this function may call")
    return FUNCTIONS[function]
