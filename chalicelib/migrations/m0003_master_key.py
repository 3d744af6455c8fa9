"""What is sealed with a former master key is sealed with the newest: begun again by each rotation of the key.

A subscriber's HA1s are replaced only while they are what was read; the HA1s themselves stay the same, so nobody
notices: no version, no snapshot part, no registration changes. A round begins with the ring as it is stored at that
moment, and waits until the newest key has been in use for a while: what is written from then on is sealed with it.

Values that don't open, because they are damaged or their key was dropped, are passed over: `count_sealed` names them.
"""

from __future__ import annotations

from chalicelib.clients.master_keys import master_keys
from chalicelib.clients.seal import SealError, open_at_rest, seal_at_rest
from chalicelib.domain.key_ring import MasterKey, named_key
from chalicelib.migrations.migration import Migration, Place, Step
from chalicelib.migrations.walk import begin_isp, end_isp
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.sealed import (
    FIELDS,
    SUBSCRIBERS,
    TENANTS,
    find_walked_tenant,
    next_tenant,
    page_of_sealed,
    replace_sealed,
)
from chalicelib.storage.subscribers import Subscriber
from chalicelib.storage.transaction import Transaction

CHUNK = 80  # subscribers, a write each
SETTLE_MS = 5 * 60_000  # in which a clock that is behind comes to the newest key too, and requests under way end


def step(place: Place, tx: Transaction) -> Step:
    """A chunk of one tenant: its deleted subscribers first, then the others."""
    if "isp_id" not in place:
        return _begin(place, tx.now_ms)
    if "tenant_sk" not in place:
        return _begin_tenant(place)
    scope = find_walked_tenant(place["isp_id"], place["tenant_sk"])
    if scope is None:  # deleted or restored meanwhile: then it is met there
        return Step(_end_tenant(place))
    page = page_of_sealed(scope, SUBSCRIBERS[place["part"]], limit=CHUNK, after=place["after"])
    key = master_keys().find(place["key_id"])
    if key is None:  # dropped meanwhile, which nothing but a mistake can bring about
        return Step({})
    changed = sum(_reseal(tx, scope, subscriber, key) for subscriber in page.items)
    after = place | {"after": page.last_key, "changed": place["changed"] + changed}
    if page.last_key is None:
        ended = place["part"] + 1 == len(SUBSCRIBERS)
        after = _end_tenant(after) if ended else after | {"part": place["part"] + 1}
    return Step(after, seen=len(page.items), changed=changed)


def _begin(place: Place, now_ms: int) -> Step:
    """The next ISP; at the start of a round, only when there is something to do and it is time. ``key_id``: of the key
    that the whole round seals with, whichever process takes the next step."""
    if "key_id" in place:
        return begin_isp(place)
    ring = master_keys().read_now()
    begins_at = ring.newest.use_from + SETTLE_MS
    if not ring.former():
        return Step(None)
    if now_ms < begins_at:
        return Step({}, not_before=begins_at)
    return begin_isp({"key_id": ring.newest.id})


def _begin_tenant(place: Place) -> Step:
    kind = place.get("tenants", 0)
    page = next_tenant(place["isp_id"], TENANTS[kind], place.get("tenant_key"))
    if page.items:
        tenant = page.items[0]
        tenant_key = {"PK": {"S": tenant.pk}, "SK": {"S": tenant.sk}}
        begun = {"tenant_sk": tenant.sk, "tenant_key": tenant_key, "part": 0, "after": None}
        return Step(place | begun, seen=1)
    if page.last_key is not None:  # what was there has expired
        return Step(place | {"tenant_key": page.last_key})
    if kind + 1 < len(TENANTS):
        return Step(place | {"tenants": kind + 1, "tenant_key": None})
    return Step(end_isp(place) | {"key_id": place["key_id"]})


def _end_tenant(place: Place) -> Place:
    kept = ("key_id", "isp_id", "isp_key", "tenants", "tenant_key", "changed")
    return {name: place[name] for name in kept if name in place}


def _reseal(tx: Transaction, scope: TenantScope, subscriber: Subscriber, key: MasterKey) -> bool:
    """Whether there was anything to do."""
    old = {name: str(getattr(subscriber, name)) for name in FIELDS}
    if all(named_key(text)[0] == key.id for text in old.values()):
        return False
    username, domain = subscriber.username, scope.domain
    try:
        new = {
            name: seal_at_rest(open_at_rest(text, username, domain), username, domain, key=key)
            for name, text in old.items()
        }
    except SealError:
        return False
    replace_sealed(tx, subscriber, new)
    return True


MIGRATION = Migration(
    number=3,
    name="master_key",
    about="Seals what a former master key has sealed with the newest one; begun again by each rotation of the key",
    step=step,
)
