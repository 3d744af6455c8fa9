"""What Kamailio must forget when parts change: cached credentials, registrations, cached sources. Pure.

Calls in progress are never ended by a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.fields import JsonObject
from chalicelib.domain.parts import (
    IspPart,
    Part,
    SbcIndex,
    SubscribersPart,
    TenantCore,
    core_key,
    subscriber_shard,
    subscribers_key,
)
from sbc.hook.parts_store import PartChange

#: (sealed, username, domain) -> HA1 or None
OpenHa1 = Callable[[str, str, str], str | None]


@dataclass(slots=True)
class Revocations:
    """``names`` and ``registrations`` are ``user@domain`` in lower case."""

    names: set[str] = field(default_factory=set)  # drop the cached credentials
    registrations: set[str] = field(default_factory=set)  # remove the contacts too
    all_names: bool = False
    sources: bool = False

    def add(self, other: Revocations) -> None:
        self.names |= other.names
        self.registrations |= other.registrations
        self.all_names |= other.all_names
        self.sources |= other.sources

    def __bool__(self) -> bool:
        return bool(self.names or self.registrations or self.all_names or self.sources)


def find_revocations(changes: Iterable[PartChange], parts: Mapping[str, Part], *, open_ha1: OpenHa1) -> Revocations:
    """``parts``: as they are after all the changes."""
    changes = tuple(changes)
    # with the parts that went: who was in them is asked below
    known = {change.key: change.old for change in changes if change.old is not None} | dict(parts)
    found = Revocations()
    for change in changes:
        sample = change.new or change.old
        if isinstance(sample, SbcIndex):
            _index(change, known, found)
        elif isinstance(sample, IspPart):
            _isp(change, known, found)
        elif isinstance(sample, TenantCore):
            _core(change, known, found)
        elif isinstance(sample, SubscribersPart):
            core = known.get(core_key(sample.tenant_id))
            if isinstance(core, TenantCore):
                _subscribers(change, core, parts, open_ha1, found)
    return found


def _index(change: PartChange, parts: Mapping[str, Part], found: Revocations) -> None:
    old = change.old if isinstance(change.old, SbcIndex) else None
    new = change.new if isinstance(change.new, SbcIndex) else None
    found.sources |= (old.gateways if old else ()) != (new.gateways if new else ())
    old_domains = old.domains if old else {}
    new_domains = new.domains if new else {}
    for domain, owner in old_domains.items():
        if new_domains.get(domain) != owner:
            _everybody(owner.tenant_id, domain, parts, found, blocked=True)
    if old is None or new_domains.keys() - old_domains.keys():
        found.all_names = True  # phones of a new domain may be cached as unknown, under names nobody can list


def _isp(change: PartChange, parts: Mapping[str, Part], found: Revocations) -> None:
    was, blocked = _isp_blocked(change.old), _isp_blocked(change.new)
    sample = change.new or change.old
    if was == blocked or not isinstance(sample, IspPart):
        return
    for core in tuple(parts.values()):
        if isinstance(core, TenantCore) and core.isp_id == sample.isp_id:
            _everybody(core.tenant_id, core.domain, parts, found, blocked=blocked)


def _isp_blocked(part: Part | None) -> bool:
    return not isinstance(part, IspPart) or part.suspended


def _core(change: PartChange, parts: Mapping[str, Part], found: Revocations) -> None:
    old, new = change.old, change.new
    was, blocked = _core_blocked(old), _core_blocked(new)
    if isinstance(old, TenantCore):
        moved = isinstance(new, TenantCore) and new.domain != old.domain
        if (blocked and not was) or moved:
            _everybody(old.tenant_id, old.domain, parts, found, blocked=True)
    if isinstance(new, TenantCore) and was and not blocked:
        _everybody(new.tenant_id, new.domain, parts, found, blocked=False)


def _core_blocked(part: Part | None) -> bool:
    return not isinstance(part, TenantCore) or part.suspended or part.customer.suspended


def _everybody(tenant_id: str, domain: str, parts: Mapping[str, Part], found: Revocations, *, blocked: bool) -> None:
    names = {_name(source, domain) for source in _held_subscribers(tenant_id, parts)}
    found.names |= names
    if blocked:
        found.registrations |= names


def _held_subscribers(tenant_id: str, parts: Mapping[str, Part]) -> Iterator[JsonObject]:
    for part in tuple(parts.values()):
        if isinstance(part, SubscribersPart) and part.tenant_id == tenant_id:
            yield from part.by_id.values()


def _subscribers(
    change: PartChange, core: TenantCore, parts: Mapping[str, Part], open_ha1: OpenHa1, found: Revocations
) -> None:
    old = change.old.by_id if isinstance(change.old, SubscribersPart) else {}
    new = change.new.by_id if isinstance(change.new, SubscribersPart) else {}
    for subscriber_id, before in old.items():
        after = new.get(subscriber_id) or _elsewhere(subscriber_id, core, parts)
        if after == before:
            continue
        name = _name(before, core.domain)
        if after is None or _must_go(before, after, core.domain, open_ha1):
            found.registrations.add(name)
            found.names |= {name} | ({_name(after, core.domain)} if after else set())
        elif _blocked(before) != _blocked(after):
            found.names.add(name)
    found.names |= {_name(source, core.domain) for key, source in new.items() if key not in old}


def _elsewhere(subscriber_id: str, core: TenantCore, parts: Mapping[str, Part]) -> JsonObject | None:
    """A subscriber that left this shard because the number of shards changed."""
    shard = subscriber_shard(subscriber_id, core.subscriber_shards)
    part = parts.get(subscribers_key(core.tenant_id, shard))
    return part.by_id.get(subscriber_id) if isinstance(part, SubscribersPart) else None


def _must_go(before: JsonObject, after: JsonObject, domain: str, open_ha1: OpenHa1) -> bool:
    if _blocked(after) and not _blocked(before):
        return True
    if before.get("username") != after.get("username"):
        return True
    return any(_password_changed(before, after, name, domain, open_ha1) for name in ("sip_ha1", "softphone_ha1"))


def _password_changed(before: JsonObject, after: JsonObject, name: str, domain: str, open_ha1: OpenHa1) -> bool:
    """Sealing takes a fresh nonce each time, so equal passwords may look different until they are opened."""
    old, new, username = before.get(name) or "", after.get(name) or "", str(after.get("username"))
    if old == new:
        return False
    old_ha1 = open_ha1(old, username, domain)
    return old_ha1 is None or old_ha1 != open_ha1(new, username, domain)


def _blocked(source: JsonObject) -> bool:
    return bool(source.get("suspended"))


def _name(source: JsonObject, domain: str) -> str:
    return f"{source['username']}@{domain}".lower()
