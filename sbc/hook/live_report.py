"""What a node reports of a tenant: its registered phones and live calls, with names from the snapshot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import live
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.snapshot import Tenant
from sbc.hook.live_calls import Call, Leg
from sbc.hook.locations import Contact

Json = dict[str, Any]
MOST_TEXT = 128  # characters of what strangers choose


@dataclass(frozen=True, slots=True)
class Person:
    subscriber_id: str
    username: str
    name: str


def people_of(tenant: Tenant) -> dict[str, Person]:
    """By username, in lower case; who has no name goes by the username."""
    found = (_person(source) for shard in tenant.shards for source in shard.by_id.values())
    return {person.username.lower(): person for person in found}


def list_registrations(people: Mapping[str, Person], contacts: Iterable[Contact]) -> list[Json]:
    """In order of name. Contacts of nobody, who was deleted a moment ago, are left out."""
    found = [
        {
            "subscriber_id": person.subscriber_id,
            "username": person.username,
            "name": person.name,
            "transport": contact.transport,
            "address": contact.address[:MOST_TEXT],
            "user_agent": contact.user_agent[:MOST_TEXT],
            "expires_at": contact.expires_at,
        }
        for contact in contacts
        if (person := people.get(contact.username)) is not None
    ]
    return sorted(found, key=lambda one: (one["name"].casefold(), one["username"], one["address"]))


def list_calls(calls: Iterable[Call], tenant: Tenant) -> list[Json]:
    """The latest first."""
    return [_call(call, tenant) for call in sorted(calls, key=lambda call: call.setup_at, reverse=True)]


def build_report(tenant_id: str, registrations: Sequence[Json], calls: Sequence[Json]) -> Json:
    """docs/interfaces.md, "Live state": the first in full, of the others who they are."""
    listed, others = registrations[: live.MOST_REGISTRATIONS], registrations[live.MOST_REGISTRATIONS :]
    told, untold = calls[: live.MOST_CALLS], calls[live.MOST_CALLS :]
    registered = sorted({one["subscriber_id"] for one in others} - {one["subscriber_id"] for one in listed})
    busy = sorted({subscriber_id for call in untold for subscriber_id in live.busy_in(call)})
    return {
        "tenant_id": tenant_id,
        "registrations": listed,
        "calls": told,
        "registrations_total": len(registrations),
        "calls_total": len(calls),
        "more_registered": registered[: live.MOST_MORE_REGISTERED],
        "more_busy": busy[: live.MOST_MORE_BUSY],
        "complete": len(registered) <= live.MOST_MORE_REGISTERED and len(busy) <= live.MOST_MORE_BUSY,
    }


def without_expiry(report: Json) -> Json:
    """What counts as a change: phones register again and again."""
    kept = [{name: value for name, value in one.items() if name != "expires_at"} for one in report["registrations"]]
    return report | {"registrations": kept}


def _person(source: JsonObject) -> Person:
    return Person(source["subscriber_id"], source["username"], source.get("name") or source["username"])


def _call(call: Call, tenant: Tenant) -> Json:
    facts = call.plan.facts
    leg = _shown_leg(call)
    called_id = call.target_of(leg).subscriber_id if leg else ""
    return {
        "call_id": call.call_id,
        "direction": facts.direction,
        "state": "ringing" if call.answered_at is None else "answered",
        "caller": _party(
            facts.caller.subscriber_id, facts.caller.name, facts.calling_number or facts.caller.number, tenant
        ),
        "called": _party(called_id, "", facts.called_number, tenant),
        "setup_at": call.setup_at,
        "answered_at": call.answered_at,
    }


def _shown_leg(call: Call) -> Leg | None:
    """Who answered, or rings; of several that ring the last, as in the list of calls."""
    shown = [leg for leg in call.legs if leg.answered_at is not None] or call.stage_legs()
    return shown[-1] if shown else None


def _party(subscriber_id: str, name: str, number: str, tenant: Tenant) -> Json:
    if subscriber_id and not name:
        person = tenant.find_by_id(subscriber_id)
        name = (person.name or person.username) if person else ""
    return {"subscriber_id": subscriber_id, "name": name[:MOST_TEXT], "number": number[:MOST_TEXT]}
