"""The policies by hand against the calls that the code makes, both ways: none is missing, none is for nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.describe import STAND_INS
from infra.policies import (
    API,
    EVERY_FUNCTION,
    FUNCTIONS,
    TRIGGERS,
    Statement,
    UnknownFunctionError,
    statements_of,
)
from tests.infra.aws_calls import (
    ROOT,
    Graph,
    Name,
    UnknownCallError,
    actions_of,
    find_actions,
    read_graph,
    services_in_use,
)

# Taken for calls by their names alone, and why none is made. Not granted.
MISTAKEN = {
    (API, "sqs:DeleteMessage"): "Lambda takes messages from the work queue; `delete` is that of files and node queues",
    ("delete_files", "s3:GetObject"): "`find` is that of the database",
    ("delete_files", "s3:ListBucket"): "`find` is that of the database",
    ("delete_files", "secretsmanager:CreateSecret"): "only links of the embedded system's directory are signed so",
    ("delete_files", "secretsmanager:GetSecretValue"): "only links of the embedded system's directory are signed so",
    ("sweep_jobs", "sqs:DeleteMessage"): "Lambda takes messages from the work queue; `delete` is a transaction's",
    ("work_on_queue", "sqs:DeleteMessage"): "Lambda takes messages from the work queue; `delete` is that of files",
}
# Written down, and made by no function: whoever comes to make one grants it.
UNREACHED = {
    "create_table": "the stack makes the table; this is for embedded systems",
    "receive_message": "Lambda receives in our place",
    "synthesize_speech": "flows, which will speak, are still to come",
}


@cache
def the_graph() -> Graph:
    return read_graph()


@cache
def described() -> dict[str, Any]:
    """The application as the stack sees it."""
    command, environment = [sys.executable, "-m", "infra.describe"], {**os.environ, **STAND_INS}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def handlers() -> dict[str, Name]:
    """Module and name by the function's name."""
    found = {}
    for one in described()["functions"]:
        module, _, name = one["handler"].rpartition(".")
        found[one["name"]] = (module, name)
    return found


def entries_of(function: str) -> list[Name]:
    """Where a function starts: its handler, or for the API everything in the handlers' modules that is no other's."""
    if function != API:
        return [handlers()[function]]
    others = set(handlers().values())
    return [name for name in the_graph() if name[0].startswith("chalicelib.handlers") and name not in others]


def needed(function: str) -> dict[str, set[Name]]:
    return find_actions(the_graph(), entries_of(function))


def granted(function: str) -> set[str]:
    return {action for statement in statements_of(function) for action in statement.actions}


def all_statements() -> list[Statement]:
    groups = [*FUNCTIONS.values(), *TRIGGERS.values(), EVERY_FUNCTION]
    return [statement for group in groups for statement in group]


def test_every_function_of_the_application_has_a_policy_and_nothing_else_has() -> None:
    assert set(FUNCTIONS) == {API, *handlers()}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_may_call_what_its_code_calls(function: str) -> None:
    wanted = {action: callers for action, callers in needed(function).items() if (function, action) not in MISTAKEN}

    missing = {action: sorted(callers) for action, callers in wanted.items() if action not in granted(function)}

    assert missing == {}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_may_call_nothing_that_its_code_does_not_call(function: str) -> None:
    assert granted(function) - needed(function).keys() == set()


def test_what_is_called_a_mistake_still_is_one() -> None:
    for function, action in MISTAKEN:
        assert action in needed(function)
        assert action not in granted(function)


def test_every_aws_call_of_the_code_is_somebodys() -> None:
    every = {operation for node in the_graph().values() for operation in node.operations}
    somebodys = {action for function in FUNCTIONS for action in needed(function)}

    assert {operation for operation in every if not actions_of(operation) <= somebodys} == UNREACHED.keys()


# What certbot's plugin for Route 53 calls, by its documentation; no code of ours.
CERTBOT = {"route53:ChangeResourceRecordSets", "route53:GetChange", "route53:ListHostedZones"}


def test_a_node_may_call_what_its_programs_call_and_nothing_else() -> None:
    """They sign their requests themselves and name the action in them; there is no client to look for."""
    called = {action for path in (ROOT / "sbc").rglob("*.py") for action in signed_actions(path.read_text())}

    assert called | CERTBOT == granted_to_nodes((ROOT / "infra/sbc_roles.py").read_text())


def signed_actions(text: str) -> set[str]:
    """By a header (``AmazonSQS.ReceiveMessage``, ``Logs_20140328.PutLogEvents``) or a field of the request (EC2)."""
    named = re.findall(r'_(?:request|ask|call)\(\s*"([A-Z]\w+)"', text)
    found = {(service, action) for service, action in re.findall(r'"X-Amz-Target": f?"Amazon(\w+)\.(\w+)"', text)}
    for service in re.findall(r'"X-Amz-Target": f"(?:Amazon)?([A-Za-z]+)(?:_\d+)?\.{action}"', text):
        found |= {(service, action) for action in named}
    if '{"Action": action' in text:
        found |= {("ec2", action) for action in named}
    elif '"Action": ' in text:
        raise AssertionError("a request is made in a way that this test doesn't read")
    return {f"{service.lower()}:{action.removesuffix('Batch')}" for service, action in found}


def granted_to_nodes(text: str) -> set[str]:
    """The first arguments of ``_allow`` in what allows their programs: the CDK, which that module needs, isn't here."""
    names = {"allow_node", "allow_logs"}
    functions = [one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef) and one.name in names]
    assert len(functions) == len(names)
    allowed = [
        call.args[0]
        for function in functions
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_allow"
    ]
    return {action for actions in allowed for action in ast.literal_eval(actions)}


def test_the_services_in_use_are_those_of_the_stack() -> None:
    assert set(services_in_use()) == {"dynamodb", "polly", "s3", "secretsmanager", "sesv2", "sqs"}


def test_a_wildcard_has_its_reason_and_an_action_never_has_one() -> None:
    for statement in all_statements():
        assert not any("*" in action for action in statement.actions), statement
        assert any("*" in resource for resource in statement.resources) == bool(statement.wildcard), statement


def test_no_function_may_change_a_secret() -> None:
    """Keys are rotated with an operator's rights (``infra/rotate_key.py``)."""
    secrets = {action for one in all_statements() for action in one.actions if action.startswith("secretsmanager:")}

    assert secrets == {"secretsmanager:CreateSecret", "secretsmanager:GetSecretValue"}


def test_resources_are_named_by_what_the_stack_knows() -> None:
    text = (ROOT / "infra/stack.py").read_text() + (ROOT / "infra/events.py").read_text()
    text += (ROOT / "infra/functions.py").read_text()

    names = {
        name for one in all_statements() for resource in one.resources for name in re.findall(r"{(\w+)}", resource)
    }

    assert {name for name in names if f'"{name}"' not in text} == set()


def test_a_function_without_a_policy_is_asked_for_by_name() -> None:
    with pytest.raises(UnknownFunctionError, match="send_invoices"):
        statements_of("send_invoices")


# The reading of the code is itself able to fail.

SOURCE = """
import boto3
from chalicelib.clients.store import store

class Store:
    def __init__(self, client):
        self._client = client
    def put(self, key):
        self._call("put_object", key)
    def find(self, key):
        return self._client.get_object(Key=key)
    def drop(self, key):
        self._client.delete_object(Key=key)
    def _call(self, operation, key):
        return getattr(self._client, operation)(Key=key)

def store():
    return Store(boto3.client("s3"))

def save(key):
    store().put(key)

def save_twice(key):
    from chalicelib import made
    made.save(key)

def unrelated(key):
    return {}.drop(key)
"""


def graph_of(tmp_path: Path, source: str) -> Graph:
    (tmp_path / "chalicelib").mkdir(exist_ok=True)
    (tmp_path / "chalicelib/made.py").write_text(source)
    return read_graph(tmp_path)


def actions(graph: Graph, name: str) -> set[str]:
    return set(find_actions(graph, [("chalicelib.made", name)]))


def test_a_call_is_found_over_its_helper_its_factory_and_its_module(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, SOURCE)

    assert actions(graph, "save") == {"s3:PutObject"}
    assert actions(graph, "save_twice") == {"s3:PutObject"}


def test_a_method_that_nobody_mentions_is_not_called(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, SOURCE)

    assert actions(graph, "unrelated") == set()
    assert "s3:DeleteObject" in actions(
        graph_of(tmp_path, SOURCE.replace("store().put(key)", "store().drop(key)")), "save"
    )


def test_a_call_that_is_new_is_missing_from_the_policy(tmp_path: Path) -> None:
    """As if somebody had added one to the sweep of the outbox, which may not mail."""
    text = (ROOT / "chalicelib/handlers/schedules.py").read_text()
    wanted = text.replace("return expand_outbox()", "mailer().send(None); return expand_outbox()")
    wanted = wanted.replace("from chalice.app", "from chalicelib.clients.mail import mailer\nfrom chalice.app")
    assert wanted.count("mailer") == 2
    graph = dict(the_graph()) | _read_as(tmp_path, "chalicelib/handlers/schedules.py", wanted)

    found = find_actions(graph, [handlers()["sweep_outbox"]])

    assert found.keys() - granted("sweep_outbox") == {"ses:SendEmail"}


def _read_as(tmp_path: Path, file: str, text: str) -> Graph:
    """The nodes of one file with another text, amid the modules that there are."""
    for path in (ROOT / "chalicelib").rglob("*.py"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / file).write_text(text)
    module = file.removesuffix(".py").replace("/", ".")
    return {name: node for name, node in read_graph(tmp_path).items() if name[0] == module}


def test_a_call_that_no_service_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownCallError, match="get_objekt"):
        graph_of(tmp_path, SOURCE.replace("get_object", "get_objekt"))
