"""Subscribers: the SIP users of a tenant. Listed by username; names are unique in the tenant, aliases among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.parts import subscriber_shard, subscribers_key
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.contacts import Contact, follow_contact, make_contact
from chalicelib.storage.database import Key, database
from chalicelib.storage.date_ranges import DATE_RANGE
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun
from chalicelib.storage.references import Reference
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.security_groups import SECURITY_GROUP
from chalicelib.storage.tenant_parts import bump_tenant_part, subscriber_count_key
from chalicelib.storage.tenants import find_tenant
from chalicelib.storage.transaction import Transaction

SHARD_FILL = 512  # subscribers in a shard on average before the tenant gets twice as many shards


class Subscriber(Record, discriminator="Subscriber"):
    """HA1s are sealed under the storage key; nothing else of a password is kept."""

    username = UnicodeAttribute()
    alias = UnicodeAttribute(default="")
    name = UnicodeAttribute(default="")
    email = UnicodeAttribute(default="")
    area_code = UnicodeAttribute(default="")
    caller_id = UnicodeAttribute(default="")
    security_group_id = UnicodeAttribute(default="")
    date_range_id = UnicodeAttribute(default="")
    visual_plan_id = UnicodeAttribute(default="")
    voicemail_to_email = BooleanAttribute(default=False)
    language = UnicodeAttribute(default="en-US")
    call_group = NumberAttribute(default=1)
    pickup_group = NumberAttribute(default=1)
    forward_always = UnicodeAttribute(default="")
    forward_busy = UnicodeAttribute(default="")
    forward_no_answer = UnicodeAttribute(default="")
    forward_unreachable = UnicodeAttribute(default="")
    max_calls = NumberAttribute(default=2)
    dial_timeout_s = NumberAttribute(default=30)
    suspended = BooleanAttribute(default=False)
    sip_ha1 = UnicodeAttribute()
    sip_ha1_sha256 = UnicodeAttribute()
    softphone_ha1 = UnicodeAttribute()
    softphone_ha1_sha256 = UnicodeAttribute()


SECRETS = frozenset({"sip_ha1", "sip_ha1_sha256", "softphone_ha1", "softphone_ha1_sha256"})


class SubscriberName(Item, discriminator="SubscriberName"):
    subscriber_id = UnicodeAttribute()


class SubscriberCount(Item, discriminator="SubscriberCount"):
    subscribers = NumberAttribute(default=0)


def _effects(scope: TenantScope, tx: Transaction, before: Subscriber | None, after: Subscriber | None) -> None:
    changed = after or before
    if changed is None:
        return
    shards = subscriber_shards(scope)
    bump_tenant_part(tx, scope, subscribers_key(scope.tenant_id, subscriber_shard(changed.id, shards)))
    follow_names(scope, tx, before, after)
    follow_own_contact(scope, tx, before, after)
    if before is None or after is None:
        count_more(scope, tx, 1 if before is None else -1)


def count_more(scope: TenantScope, tx: Transaction, change: int) -> None:
    pk, sk = subscriber_count_key(scope)
    tx.update(
        pk, sk, "ADD subscribers :change SET #kind = :kind", names={"#kind": "kind"},
        change=change, kind="SubscriberCount",
    )  # fmt: skip


def follow_names(scope: TenantScope, tx: Transaction, before: Subscriber | None, after: Subscriber | None) -> None:
    old = {name.lower(): field for field, name in named(before)}
    new = {name.lower(): field for field, name in named(after)}
    for name in old.keys() - new.keys():
        tx.delete(scope.pk, keys.subscriber_name_sk(name))
    for name in new.keys() - old.keys():
        tx.put_new(
            SubscriberName(pk=scope.pk, sk=keys.subscriber_name_sk(name), subscriber_id=after.id if after else ""),
            on_conflict=field_error(new[name], say("subscriber_named_so", name=name), code="name_taken"),
        )


def follow_own_contact(
    scope: TenantScope, tx: Transaction, before: Subscriber | None, after: Subscriber | None
) -> None:
    """At most two writes."""
    old = None if before is None else own_contact(scope, before)
    new = None if after is None else own_contact(scope, after)
    follow_contact(tx, old, new)


def own_contact(scope: TenantScope, subscriber: Subscriber) -> Contact:
    """As it is to be stored."""
    return make_contact(
        scope, subscriber.id, username=subscriber.username, alias=subscriber.alias, name=subscriber.name
    )


def named(subscriber: Subscriber | None) -> list[tuple[str, str]]:
    if subscriber is None:
        return []
    names = [("username", subscriber.username)]
    if subscriber.alias and subscriber.alias.lower() != subscriber.username.lower():
        names.append(("alias", subscriber.alias))
    return names


SUBSCRIBER = Noun(
    "subscriber",
    "sub",
    "SUB#",
    Subscriber,
    effects=_effects,
    referable=True,
    references=(
        Reference("security_group_id", SECURITY_GROUP.sk_prefix),
        Reference("date_range_id", DATE_RANGE.sk_prefix),
    ),
    index_name=lambda subscriber: subscriber.username,
    secrets=SECRETS,
)


def subscriber_shards(scope: TenantScope) -> int:
    tenant = find_tenant(scope.isp_id, scope.tenant_id)
    if tenant is None:
        raise PatchbayError("not_found")
    return int(tenant.subscriber_shards)


def check_shards(scope: TenantScope, tx: Transaction, shards: int) -> None:
    """The tenant still has so many: what is bumped by this number is what nodes read."""
    tx.check(
        keys.isp(scope.isp_id),
        keys.tenant_sk(scope.tenant_id),
        condition="subscriber_shards = :shards",
        on_conflict=PatchbayError("try_again", say("parts_divided")),
        shards=shards,
    )


def pages_of_subscribers(scope: TenantScope, *, size: int = 500) -> Iterator[list[Subscriber]]:
    """All of them, in no useful order; strongly consistent, page by page."""
    after: Key | None = None
    while True:
        page = database().page(Subscriber, scope.pk, prefix=SUBSCRIBER.sk_prefix, limit=size, after=after)
        yield page.items
        after = page.last_key
        if after is None:
            return


def subscribers_by_id(scope: TenantScope, ids: Iterable[str]) -> dict[str, Subscriber]:
    found = database().get_many(Subscriber, [(scope.pk, keys.subscriber_sk(one)) for one in ids])
    return {subscriber.id: subscriber for subscriber in found}


def find_by_name(scope: TenantScope, name: str) -> Subscriber | None:
    """The subscriber with this username or alias."""
    found = database().find(SubscriberName, scope.pk, keys.subscriber_name_sk(name))
    return None if found is None else database().find(Subscriber, scope.pk, keys.subscriber_sk(found.subscriber_id))


def subscribers_of_shard(scope: TenantScope, shard: int, shards: int) -> list[Subscriber]:
    width = 256 // shards
    low, high = f"SUB#{shard * width:02x}#", f"SUB#{(shard + 1) * width - 1:02x}#~"
    return database().all(Subscriber, scope.pk, between=(low, high))


def count_subscribers(scope: TenantScope) -> int:
    found = database().find(SubscriberCount, *subscriber_count_key(scope))
    return int(found.subscribers) if found else 0


def subscriber_names(scope: TenantScope, subscriber_ids: Collection[str]) -> dict[str, str]:
    """Name, or else username, by id. One read for every 100; none for nobody."""
    places = [(scope.pk, keys.subscriber_sk(subscriber_id)) for subscriber_id in sorted(subscriber_ids)]
    return {found.id: found.name or found.username for found in database().get_many(Subscriber, places)}
