"""A new subscriber with its two passwords, which are returned here and never again."""

from __future__ import annotations

from typing import Any

from chalicelib.storage.records import create_record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER, Subscriber
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.grow_shards import grow_shards
from chalicelib.workflows.make_passwords import Passwords, make_passwords, sealed_credentials


def create_subscriber(
    scope: TenantScope, values: dict[str, Any], *, sip_password: str, softphone_password: str, actor: Actor
) -> tuple[Subscriber, Passwords]:
    passwords = make_passwords(sip=sip_password, softphone=softphone_password)
    credentials = sealed_credentials(passwords, username=values["username"], domain=scope.domain)
    subscriber = create_record(scope, SUBSCRIBER, values | credentials, actor=actor)
    grow_shards(scope)
    return subscriber, passwords
