"""What a subscriber means by what it dials: alias, username, own DID, service number, or a number by the dialplan."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import dialplan as dialplans
from chalicelib.domain.call_draft import Draft, RefusedError
from chalicelib.domain.parts import Subscriber


@dataclass(frozen=True, slots=True)
class FoundSubscriber:
    """``did``: the own number it was reached by, if it was one."""

    subscriber: Subscriber
    did: str = ""


@dataclass(frozen=True, slots=True)
class FoundService:
    number: str  # as it is sent


@dataclass(frozen=True, slots=True)
class FoundNumber:
    number: str  # E.164
    dialled: str


Found = FoundSubscriber | FoundService | FoundNumber


def look_up(draft: Draft, asker: Subscriber, dialled: str) -> Found:
    """Within the tenant, in the rights and the area code of ``asker``. Raises ``RefusedError``."""
    named = draft.tenant.find_by_name(dialled) if dialled else None
    if named is not None:
        by = "alias" if named.alias.lower() == dialled.lower() else "username"
        draft.step("subscriber_matched", dialled=dialled, by=by, name=shown_name(named))
        return FoundSubscriber(named)
    if dialled in draft.tenant.core.dids:
        return find_own_did(draft, dialled)
    return _by_dialplan(draft, asker, dialled)


def find_own_did(draft: Draft, number: str) -> FoundSubscriber:
    """The subscriber that a DID of the tenant is allocated to. Raises ``RefusedError``."""
    subscriber_id = draft.tenant.core.dids.get(number, "")
    subscriber = draft.tenant.find_by_id(subscriber_id) if subscriber_id else None
    if subscriber is None:
        raise RefusedError("did_without_subscriber", number=number)
    draft.step("own_did_matched", number=number, name=shown_name(subscriber))
    return FoundSubscriber(subscriber, number)


def shown_name(subscriber: Subscriber) -> str:
    return subscriber.name or subscriber.alias or subscriber.username


def _by_dialplan(draft: Draft, asker: Subscriber, dialled: str) -> Found:
    core = draft.tenant.core
    dialplan = draft.isp.dialplans.get(core.dialplan_id)
    if dialplan is None:
        raise RefusedError("no_dialplan", dialled=dialled)
    result = dialplans.normalise(
        dialplan, dialled, country_code=core.country_code or dialplan.country_code, area_code=asker.area_code
    )
    if isinstance(result, dialplans.DialplanRefusal):
        raise RefusedError(result.code, dialled=dialled, dialplan=dialplan.name, detail=result.detail.to_json())
    _trace_rule(draft, dialplan.name, dialled, result)
    if result.kind == "service":
        return FoundService(result.number)
    if result.number in core.dids:
        return find_own_did(draft, result.number)
    return FoundNumber(result.number, dialled)


def _trace_rule(draft: Draft, name: str, dialled: str, result: dialplans.Normalised) -> None:
    if result.rule_index is None:
        draft.step("no_rule_e164", dialplan=name, dialled=dialled, number=result.number)
        return
    draft.step(
        "rule_fired",
        dialplan=name,
        dialled=dialled,
        rule_index=result.rule_index,
        rule_name=result.rule_name,
        groups=list(result.groups),
        kind=result.kind,
        number=result.number,
    )
