"""Rules of cdk-nag (AwsSolutions) that a construct breaks on purpose: said beside the construct, with the reason."""

from __future__ import annotations

from typing import Any

from aws_cdk import Acknowledgment, App, Stack, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct


def check_rules(app: App) -> None:
    """A synthesis of this app fails when a rule is broken without a reason."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def accept(construct: IConstruct, rule: str, why: str) -> None:
    """``rule``: such as ``S1``; with its finding in brackets where there are several."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=why))


def accept_wildcard(policy: IConstruct, resource: str, why: str) -> None:
    """``resource``: one that a statement of the policy names by pattern."""
    accept(policy, f"IAM5[Resource::{_spell(Stack.of(policy).resolve(resource))}]", why)


def _spell(value: Any) -> str:
    """A resolved value as cdk-nag writes it in the names of findings."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(_spell(part) for part in argument[1])
    return f"<{argument if function == 'Ref' else '.'.join(argument)}>"
