"""ISPs and the namespaces that name them. An ISP's settings stand in one item; its theme has items of its own."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import GSI1, Key, Page, database
from chalicelib.storage.isp_sbcs import bump_isp
from chalicelib.storage.items import Item, Record
from chalicelib.storage.transaction import Actor, Transaction

INDEX = f"{keys.PLATFORM}#ISP"


class Isp(Record, discriminator="Isp"):
    """``name`` is the company's; ``namespace`` and ``currency`` never change."""

    name = UnicodeAttribute()
    namespace = UnicodeAttribute()
    currency = UnicodeAttribute()
    country = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    platform_plan_id = UnicodeAttribute(default="")
    suspended = BooleanAttribute(default=False)
    cdr_retention_days = NumberAttribute(default=396)


class Namespace(Item, discriminator="Namespace"):
    """Who has a namespace: an ISP, or until ``expires_at`` (seconds) an onboarding that has reserved it."""

    isp_id = UnicodeAttribute(default="")
    onboarding_id = UnicodeAttribute()
    expires_at = NumberAttribute(default=0)


def find_isp(isp_id: str) -> Isp | None:
    return database().find(Isp, keys.isp(isp_id), keys.META)


def get_isp(isp_id: str) -> Isp:
    found = find_isp(isp_id)
    if found is None:
        raise PatchbayError("not_found", say("no_such_isp"))
    return found


def page_of_isps(*, limit: int, after: Key | None, search: str = "") -> Page[Isp]:
    """One query, by the company's name."""
    return database().page(Isp, INDEX, prefix=search.lower(), limit=limit, after=after, index=GSI1)


def put_new_isp(tx: Transaction, isp: Isp) -> None:
    tx.put_new(_placed(isp))


def change_isp(isp: Isp, changes: dict[str, Any], *, expected_version: int, actor: Actor) -> Isp:
    """``isp`` with ``changes``; a suspension reaches every SBC that serves it."""
    if int(isp.version) != expected_version:
        raise PatchbayError("version_conflict", current_version=int(isp.version))
    tx = Transaction()
    before = public(isp)
    suspended = isp.suspended
    for name, value in changes.items():
        setattr(isp, name, value)
    isp.version = expected_version + 1
    isp.updated_at = tx.now_ms
    isp.updated_by = actor.user_id
    tx.put_version(_placed(isp), expected=expected_version)
    if isp.suspended != suspended:
        bump_isp(tx, isp.id)
    tx.audit(isp.id, actor, "isp.change", before=before, after=public(isp))
    tx.commit()
    return isp


def public(isp: Isp) -> dict[str, Any]:
    hidden = {"pk", "sk", "kind", "gsi1pk", "gsi1sk", "ttl"}
    return {name: value for name, value in isp.attribute_values.items() if name not in hidden}


def find_namespace(name: str) -> Namespace | None:
    return database().find(Namespace, keys.namespace(name), keys.META)


def reserve_namespace(tx: Transaction, name: str, onboarding_id: str, *, expires_at: int) -> None:
    """Refused with ``name_taken`` if an ISP or another onboarding has it."""
    tx.put(
        Namespace(
            pk=keys.namespace(name),
            sk=keys.META,
            onboarding_id=onboarding_id,
            expires_at=expires_at,
            ttl=expires_at,
        ),
        condition="attribute_not_exists(PK) OR (isp_id = :none AND (onboarding_id = :me OR expires_at < :now))",
        on_conflict=PatchbayError("name_taken", say("namespace_taken", name=name)),
        none="",
        me=onboarding_id,
        now=tx.now_ms // 1000,
    )


def release_namespace(tx: Transaction, name: str, onboarding_id: str) -> None:
    """Give back a reservation; one that another onboarding got after it had expired is left alone."""
    found = find_namespace(name)
    if found is None or found.isp_id or found.onboarding_id != onboarding_id:
        return
    tx.delete(
        keys.namespace(name),
        keys.META,
        condition="onboarding_id = :me AND isp_id = :none",
        none="",
        me=onboarding_id,
    )


def take_namespace(tx: Transaction, name: str, onboarding_id: str, isp_id: str) -> None:
    """Make a reservation final."""
    tx.update(
        keys.namespace(name),
        keys.META,
        "SET isp_id = :isp_id REMOVE #ttl",
        condition="onboarding_id = :me AND isp_id = :none",
        on_conflict=PatchbayError("name_taken", say("reservation_expired", name=name)),
        names={"#ttl": "ttl"},
        isp_id=isp_id,
        me=onboarding_id,
        none="",
    )


def _placed(isp: Isp) -> Isp:
    isp.pk, isp.sk = keys.isp(isp.id), keys.META
    isp.gsi1pk, isp.gsi1sk = INDEX, f"{isp.name.lower()}#{isp.id}"
    return isp
