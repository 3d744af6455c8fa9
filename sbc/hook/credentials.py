"""The HA1s that Kamailio may check a digest against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.parts import Subscriber
from chalicelib.domain.snapshot import Snapshot
from sbc.hook.decider import Decider
from sbc.hook.ha1 import Ha1Opener
from sbc.hook.part_source import PartGoneError


@dataclass(frozen=True, slots=True)
class Credentials:
    decider: Decider
    opener: Ha1Opener
    ttl_s: int
    unknown_ttl_s: int

    async def answer(self, body: JsonObject) -> dict[str, Any]:
        """The answer to ``/auth``. Raises ``FieldError``, ``SourceError``.

        The suspended keep their digest, since emergency calls pass a suspension, but may not register.
        """
        user, domain = fields.text(body, "user"), fields.text(body, "domain").lower()
        unknown = {"unknown": True, "ttl_s": self.unknown_ttl_s}
        try:
            found = await self.decider.ask(lambda snapshot: find_claimed(snapshot, user, domain))
        except PartGoneError:
            return unknown
        if found is None:
            return unknown
        subscriber, suspended = found
        answer = {"softphone": self.opener.open(subscriber.softphone_ha1, subscriber.username, domain)}
        if fields.text(body, "transport", "udp").lower() not in {"ws", "wss"}:
            answer["sip"] = self.opener.open(subscriber.sip_ha1, subscriber.username, domain)
        known = {name: ha1 for name, ha1 in answer.items() if ha1}
        return {**known, "may_register": 0 if suspended else 1, "ttl_s": self.ttl_s} if known else unknown


def find_claimed(snapshot: Snapshot, user: str, domain: str) -> tuple[Subscriber, bool] | None:
    """The subscriber with this username, and whether it or somebody above is suspended. An alias is no username: the
    HA1 is made of the latter. Raises ``MissingPartError``."""
    owner = snapshot.index().domains.get(domain)
    if owner is None:
        return None
    tenant = snapshot.tenant(owner.tenant_id)
    subscriber = tenant.find_by_name(user)
    if subscriber is None or subscriber.username.lower() != user.lower():
        return None
    above = snapshot.isp(owner.isp_id).suspended or tenant.core.suspended or tenant.core.customer.suspended
    return subscriber, above or subscriber.suspended
