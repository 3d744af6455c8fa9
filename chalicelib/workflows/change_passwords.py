"""New passwords for a subscriber; phones that registered with the old ones are dropped within seconds."""

from __future__ import annotations

from chalicelib.storage.records import change_record, get_record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.make_passwords import make_passwords, sealed_credentials


def change_passwords(
    scope: TenantScope, subscriber_id: str, *, sip: str | None, softphone: str | None, actor: Actor
) -> dict[str, str]:
    """``None`` keeps a password, an empty text makes a new one. The changed ones, by kind."""
    subscriber = get_record(scope, SUBSCRIBER, subscriber_id)
    made = make_passwords(sip=sip or "", softphone=softphone or "")
    wanted = {"sip": sip is not None, "softphone": softphone is not None}
    fields = sealed_credentials(made, username=subscriber.username, domain=scope.domain)
    changes = {name: value for name, value in fields.items() if wanted[name.split("_")[0]]}
    change_record(scope, SUBSCRIBER, subscriber, changes, expected_version=int(subscriber.version), actor=actor)
    return {kind: getattr(made, kind) for kind, changed in wanted.items() if changed}
