"""What the local cloud (ministack) can't do, and what is done about it: the one place for it.

A resource that it can't make is left out, and whatever refers to that with it; an action that it authorises otherwise
than AWS is allowed as it wants it. Both are reported. All else is deployed as it was synthesised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """Resources of ``type`` are left out, or, with ``attribute``, those that ask a ``type`` for such an attribute."""

    type: str
    why: str
    attribute: str = ""  # a regular expression of the whole name


GAPS = (
    Gap(
        "AWS::SES::EmailIdentity", "its DKIM tokens aren't attributes there", attribute="DkimDNSToken(Name|Value)[123]"
    ),
)
# Actions that are looked up there for resource "*" alone, where AWS looks at what is named.
WIDENED = {"ses:SendEmail": "it doesn't read the sender from the request"}
# Actions that are asked for there in place of the one that AWS asks for.
RENAMED = {"sqs:SendMessage": "sqs:SendMessageBatch"}
BINARY_TYPES = "x-amazon-apigateway-binary-media-types"


def fit(template: Template) -> tuple[Template, dict[str, str]]:
    """The template as the local cloud can take it, and what was changed, by logical id."""
    left, gone = _leave_out(template)
    for name, resource in left["Resources"].items():
        if resource["Type"] == "AWS::ApiGateway::RestApi":
            resource["Properties"]["BinaryMediaTypes"] = resource["Properties"]["Body"][BINARY_TYPES]
            gone[name] = f"binary types are a property there: {BINARY_TYPES} isn't read"
    for name, resource in left["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and (changes := _fit_policy(resource)):
            gone[name] = "; ".join(changes)
    return left, gone


def _fit_policy(policy: dict[str, Any]) -> list[str]:
    """Changes the policy; what was changed."""
    changes = []
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else list(statement["Action"])
        if set(actions) <= WIDENED.keys():
            statement["Resource"] = "*"
            changes.append(f"{actions[0]} on every resource: {WIDENED[actions[0]]}")
        if more := [RENAMED[action] for action in actions if action in RENAMED]:
            statement["Action"] = [*actions, *more]
            changes.append(f"{', '.join(more)} too, which AWS doesn't know")
    return list(dict.fromkeys(changes))


def _leave_out(template: Template) -> tuple[Template, dict[str, str]]:
    resources: dict[str, Any] = template["Resources"]
    gone = {name: why for name, one in resources.items() if (why := _find_reason(one, resources)) is not None}
    while more := {
        name: f"refers to {target}, which is left out"
        for name, one in resources.items()
        if name not in gone
        for target, _ in _references(one)
        if target in gone
    }:
        gone |= more
    kept = {name: _without_dependencies(one, gone) for name, one in resources.items() if name not in gone}
    outputs = {
        name: one
        for name, one in template.get("Outputs", {}).items()
        if not any(target in gone for target, _ in _references(one))
    }
    return {**template, "Resources": kept, "Outputs": outputs}, gone


def _find_reason(resource: Mapping[str, Any], resources: Mapping[str, Any]) -> str | None:
    for gap in GAPS:
        if not gap.attribute and resource["Type"] == gap.type:
            return f"{gap.type}: {gap.why}"
        if gap.attribute and any(
            resources.get(target, {}).get("Type") == gap.type and re.fullmatch(gap.attribute, attribute)
            for target, attribute in _references(resource)
        ):
            return f"{gap.type}: {gap.why}"
    return None


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Every logical id that is referred to, with the attribute that is asked for (none: the resource itself)."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Ref" and isinstance(inner, str):
                yield inner, ""
            elif key == "Fn::GetAtt":
                target, _, attribute = inner.partition(".") if isinstance(inner, str) else (inner[0], "", inner[1])
                yield target, attribute
            elif key == "Fn::Sub":
                yield from _named_in(inner if isinstance(inner, str) else inner[0])
                yield from _references(inner)
            elif key != "DependsOn":
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _named_in(text: str) -> Iterator[tuple[str, str]]:
    for name in re.findall(r"\$\{([^!}]+)\}", text):
        target, _, attribute = name.partition(".")
        yield target, attribute


def _without_dependencies(resource: dict[str, Any], gone: Mapping[str, str]) -> dict[str, Any]:
    """An order among resources doesn't need those that aren't there."""
    needed = resource.get("DependsOn")
    if needed is None:
        return resource
    left = [name for name in ([needed] if isinstance(needed, str) else needed) if name not in gone]
    return {
        **{key: value for key, value in resource.items() if key != "DependsOn"},
        **({"DependsOn": left} if left else {}),
    }
