"""What the local cloud (ministack) can't do, and what is done about it: the one place for it.

A resource that it can't make is left out, and whatever refers to that with it; an action that it authorises otherwise
than AWS is allowed as it wants it. Both are reported. All else is deployed as it was synthesised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """Resources of ``type`` with ``property`` are left out, or those that ask a ``type`` for an ``attribute``."""

    type: str
    why: str
    attribute: str = ""  # a regular expression of the whole name
    property: str = ""


GAPS = (
    Gap("AWS::CloudWatch::Alarm", "no arithmetic on metrics there", property="Metrics"),
    Gap(
        "AWS::SES::EmailIdentity", "its DKIM tokens aren't attributes there", attribute="DkimDNSToken(Name|Value)[123]"
    ),
)
# Actions that are looked up there for resource "*" alone, where AWS looks at what is named.
WIDENED = {"ses:SendEmail": "it doesn't read the sender from the request"}
# Actions that are asked for there in place of the one that AWS asks for.
RENAMED = {"sqs:SendMessage": "sqs:SendMessageBatch"}
# It speaks plain HTTP on loopback: what is denied without TLS would be denied altogether.
_WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
REFERS = "refers, at once or by others, to"
BINARY_TYPES = "x-amazon-apigateway-binary-media-types"


def fit(template: Template, *, port: int, unknown: Collection[str] = ()) -> tuple[Template, dict[str, str]]:
    """The template as the cloud at loopback's ``port`` can take it, and what was changed, by logical id. ``unknown``:
    types of resources that it says it can't make."""
    plain, changed = _without_tls(template)
    left, gone = _leave_out(plain, unknown)
    left, images = _with_images(left)
    gone |= changed | images
    for name, resource in left["Resources"].items():
        if resource["Type"] == "AWS::ApiGateway::RestApi":
            resource["Properties"]["BinaryMediaTypes"] = resource["Properties"]["Body"][BINARY_TYPES]
            gone[name] = f"binary types are a property there: {BINARY_TYPES} isn't read"
    for name, resource in left["Resources"].items():
        if resource["Type"] == "AWS::CloudFront::Distribution":
            gone[name] = _fit_distribution(resource, left["Resources"], port)
        elif resource["Type"] == "AWS::IAM::Policy" and (changes := _fit_policy(resource)):
            gone[name] = "; ".join(changes)
    return left, gone


def _without_tls(template: Template) -> tuple[Template, dict[str, str]]:
    """Resource policies without the statements that want TLS; one that says nothing else is left out."""
    resources, changed = dict(template["Resources"]), {}
    for name, resource in template["Resources"].items():
        statements = resource.get("Properties", {}).get("PolicyDocument", {}).get("Statement", [])
        kept = [one for one in statements if one.get("Condition") != _WITHOUT_TLS]
        if kept == statements:
            continue
        changed[name] = "wants TLS, and there is none there"
        if kept:
            document = {**resource["Properties"]["PolicyDocument"], "Statement": kept}
            resources[name] = {**resource, "Properties": {**resource["Properties"], "PolicyDocument": document}}
        else:
            del resources[name]
            resources = {other: _without_dependencies(one, {name: ""}) for other, one in resources.items()}
    return {**template, "Resources": resources}, changed


def _with_images(template: Template) -> tuple[Template, dict[str, str]]:
    """Parameters that AWS publishes for everybody aren't there: a made-up image in their place."""
    parameters, changed = dict(template.get("Parameters", {})), {}
    for name, parameter in parameters.items():
        if parameter["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>":
            parameters[name] = {"Type": "AWS::EC2::Image::Id", "Default": "ami-0123456789abcdef0"}
            changed[name] = "a made-up image: the parameters that AWS publishes aren't there"
    return {**template, **({"Parameters": parameters} if parameters else {})}, changed


def _fit_distribution(distribution: dict[str, Any], resources: dict[str, Any], port: int) -> str:
    """Its origins are looked up in the machine's DNS, where the API's name isn't."""
    [api] = [name for name, one in resources.items() if one["Type"] == "AWS::ApiGateway::RestApi"]
    [stage] = [name for name, one in resources.items() if one["Type"] == "AWS::ApiGateway::Stage"]
    for origin in distribution["Properties"]["DistributionConfig"]["Origins"]:
        if "CustomOriginConfig" in origin:
            origin["DomainName"] = "127.0.0.1"
            origin["CustomOriginConfig"] = {"HTTPPort": port, "OriginProtocolPolicy": "http-only"}
            origin["OriginPath"] = {"Fn::Join": ["/", ["/_aws/execute-api", {"Ref": api}, {"Ref": stage}]]}
    return "reaches the API by loopback's address, plainly: its name is in no DNS"


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


def _leave_out(template: Template, unknown: Collection[str]) -> tuple[Template, dict[str, str]]:
    resources: dict[str, Any] = template["Resources"]
    gone = {name: why for name, one in resources.items() if (why := _find_reason(one, resources, unknown))}
    while more := {
        name: gone[target] if gone[target].startswith(REFERS) else f"{REFERS} {gone[target].partition(': ')[0]}"
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


def _find_reason(resource: Mapping[str, Any], resources: Mapping[str, Any], unknown: Collection[str]) -> str | None:
    if resource["Type"] in unknown:
        return f"{resource['Type']}: a type that it can't make"
    for gap in GAPS:
        if gap.property in resource.get("Properties", {}) and resource["Type"] == gap.type:
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
