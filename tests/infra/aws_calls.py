"""Which AWS calls a function of the application can make, read from the source text.

The graph has a node for each top-level name of a module (function, class, variable), one for each method, and an edge
to each name that is mentioned. What is reached from a function's handler may be called; a method is reached when its
class is and its name stands after a dot in something reached. Mentions are taken for calls, whatever object they are
of, so the answer can be too much, never too little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENTS = {"client", "_client"}  # what a botocore client is called wherever there is one
# Of a client, but no operations of the service.
NO_OPERATIONS = {"can_paginate", "close", "exceptions", "generate_presigned_url", "get_paginator", "get_waiter", "meta"}
# Operations that IAM knows by other actions than their own names.
ACTIONS = {
    ("dynamodb", "TransactWriteItems"): {
        "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
    },
    ("dynamodb", "TransactGetItems"): {"dynamodb:GetItem"},
    ("s3", "HeadObject"): {"s3:GetObject", "s3:ListBucket"},  # the second tells a missing file from a refusal
    ("s3", "GetObject"): {"s3:GetObject", "s3:ListBucket"},
    ("sqs", "SendMessageBatch"): {"sqs:SendMessage"},
    ("sqs", "DeleteMessageBatch"): {"sqs:DeleteMessage"},
}  # fmt: skip

Name = tuple[str, str]  # module, top-level name in it (``Class.method`` for methods)


class UnknownCallError(AssertionError):
    """Something is called on a client that is no operation of any service in use."""


@dataclass
class Node:
    """``mentions``: of other nodes. ``attributes``: every name after a dot. ``operations``: of clients, by method name.
    ``methods``: of a class."""

    mentions: set[Name] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)


Graph = dict[Name, Node]


def find_actions(graph: Graph, entries: Iterable[Name]) -> dict[str, set[Name]]:
    """IAM actions that what is reached from ``entries`` needs, each with the names that call it."""
    found: dict[str, set[Name]] = {}
    for name in find_reached(graph, entries):
        for action in (one for operation in graph[name].operations for one in actions_of(operation)):
            found.setdefault(action, set()).add(name)
    return found


def find_reached(graph: Graph, entries: Iterable[Name]) -> set[Name]:
    reached: set[Name] = set()
    attributes: set[str] = set()
    waiting = set(entries)
    while waiting:
        while waiting:
            name = waiting.pop()
            if name not in reached and name in graph:
                reached.add(name)
                attributes |= graph[name].attributes
                waiting |= graph[name].mentions
        waiting = {
            method
            for module, name in reached
            for each in graph[(module, name)].methods
            if each in attributes or each.startswith("__")
            if (method := (module, f"{name}.{each}")) not in reached
        }
    return reached


@cache
def services_in_use() -> tuple[str, ...]:
    """Whatever a client is made of by name, and DynamoDB, whose client PynamoDB makes."""
    texts = [path.read_text() for folder in ("chalicelib", "sbc") for path in (ROOT / folder).rglob("*.py")]
    calls = [node for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    named = {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"client", "create_client", "resource"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    return tuple(sorted(named | {"dynamodb"}))


@cache
def _operations() -> dict[str, tuple[str, str, str]]:
    """Service, its prefix in IAM and operation, by the name of the client's method."""
    from botocore import xform_name
    from botocore.session import get_session

    session = get_session()
    found = {}
    for service in services_in_use():
        model = session.get_service_model(service)
        prefix = model.signing_name
        found |= {xform_name(name): (service, prefix, name) for name in model.operation_names}
    return found


def actions_of(method: str) -> set[str]:
    """IAM actions of a method of a client."""
    service, prefix, operation = _operations()[method]
    return ACTIONS.get((service, operation), {f"{prefix}:{operation}"})


def read_graph(root: Path = ROOT, folders: tuple[str, ...] = ("chalicelib",)) -> Graph:
    files = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    modules = {_module_of(root, path): ast.parse(path.read_text()) for path in files}
    graph: Graph = {}
    for module, tree in modules.items():
        known = dict(_imports(tree, modules))
        made = _top_level(tree)
        known |= {name: (module, name) for name in made}
        for name, statements in made.items():
            graph[(module, name)] = node = Node()
            for statement in statements:
                for part in _without_methods(statement):
                    _read(part, known, into=node)
                for method in _methods(statement):
                    node.methods.add(method.name)
                    _read(method, known, into=graph.setdefault((module, f"{name}.{method.name}"), Node()))
    return graph


def _module_of(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.Module, modules: Iterable[str]) -> Iterator[tuple[str, Name]]:
    """What each imported name stands for, wherever in the module it is imported; a module is ``(module, "")``."""
    known = set(modules)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield alias.asname or alias.name, (whole, "") if whole in known else (node.module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], (alias.name, "")


def _top_level(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """The statements that make each top-level name, also those under a top-level condition; "" are the others."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _names_made(statement) or [""]:
            found.setdefault(name, []).append(statement)
    return found


def _names_made(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    if isinstance(statement, ast.AnnAssign):
        return [statement.target.id] if isinstance(statement.target, ast.Name) else []
    if isinstance(statement, ast.If | ast.Try):
        return [name for inner in statement.body for name in _names_made(inner)]
    return []


def _methods(statement: ast.stmt) -> list[ast.FunctionDef]:
    inside = statement.body if isinstance(statement, ast.ClassDef) else []
    return [inner for inner in inside if isinstance(inner, ast.FunctionDef)]


def _without_methods(statement: ast.stmt) -> list[ast.AST]:
    if not isinstance(statement, ast.ClassDef):
        return [statement]
    outside: list[ast.AST] = [*statement.bases, *statement.decorator_list, *(word.value for word in statement.keywords)]
    return outside + [inner for inner in statement.body if not isinstance(inner, ast.FunctionDef)]


def _read(tree: ast.AST, known: dict[str, Name], *, into: Node) -> None:
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and part.id in known:
            into.mentions.add(known[part.id])
        elif isinstance(part, ast.Attribute):
            into.attributes.add(part.attr)
            if isinstance(part.value, ast.Name) and known.get(part.value.id, ("", "x"))[1] == "":
                into.mentions.add((known[part.value.id][0], part.attr))
    into.operations |= set(_operations_in(tree))


def _operations_in(part: ast.AST) -> Iterator[str]:
    """Called on a client, or named in text to a helper of the same object, as in ``self._call("put_object", ..)``."""
    for call in (node for node in ast.walk(part) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Attribute):
            continue
        of = call.func.value
        holder = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
        if holder in CLIENTS and call.func.attr not in NO_OPERATIONS:
            if call.func.attr not in _operations():
                raise UnknownCallError(f"{ast.unparse(call)[:80]} is no operation of {', '.join(services_in_use())}")
            yield call.func.attr
        elif holder == "self":
            named = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from (name for name in named if name in _operations())
