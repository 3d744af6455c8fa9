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
        """The answer to ``/auth``. Unknown and suspended look the same. Raises ``FieldError``, ``SourceError``."""
        user, domain = fields.text(body, "user"), fields.text(body, "domain").lower()
        unknown = {"unknown": True, "ttl_s": self.unknown_ttl_s}
        try:
            subscriber = await self.decider.ask(lambda snapshot: find_active(snapshot, user, domain))
        except PartGoneError:
            return unknown
        if subscriber is None:
            return unknown
        answer = {"softphone": self.opener.open(subscriber.softphone_ha1, subscriber.username, domain)}
        if fields.text(body, "transport", "udp").lower() not in {"ws", "wss"}:
            answer["sip"] = self.opener.open(subscriber.sip_ha1, subscriber.username, domain)
        known = {name: ha1 for name, ha1 in answer.items() if ha1}
        return {**known, "ttl_s": self.ttl_s} if known else unknown


def find_active(snapshot: Snapshot, user: str, domain: str) -> Subscriber | None:
    """The subscriber with this username, unless somebody above or the subscriber is suspended. An alias is no
    username: the HA1 is made of the latter. Raises ``MissingPartError``."""
    owner = snapshot.index().domains.get(domain)
    if owner is None:
        return None
    tenant = snapshot.tenant(owner.tenant_id)
    if snapshot.isp(owner.isp_id).suspended or tenant.core.suspended or tenant.core.customer.suspended:
        return None
    subscriber = tenant.find_by_name(user)
    if subscriber is None or subscriber.suspended or subscriber.username.lower() != user.lower():
        return None
    return subscriber
