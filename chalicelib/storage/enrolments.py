"""One-time keys with which nodes enrol. Only a key's hash is stored; both items of one go with it or by their TTL."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.domain.tokens import token_hash
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.sbcs import SBC
from chalicelib.storage.transaction import Actor, Transaction

PREFIX = "ENROL#"
KEY_BYTES = 32


class Enrolment(Item, discriminator="SbcEnrolment"):
    """Open: not used, not revoked."""

    id = UnicodeAttribute()
    sbc_id = UnicodeAttribute()
    name = UnicodeAttribute()  # of the node
    replace = BooleanAttribute(default=False)  # a node of this name gets new keys instead of being refused
    key_hash = UnicodeAttribute()
    created_at = NumberAttribute()  # milliseconds
    created_by = UnicodeAttribute()  # who, by name
    expires_at = NumberAttribute()  # milliseconds


class EnrolmentKey(Item, discriminator="SbcEnrolmentKey"):
    """An enrolment found by its key's hash. It stays when it was used, so that the node it was used by can repeat its
    request whose answer got lost."""

    sbc_id = UnicodeAttribute()
    enrolment_id = UnicodeAttribute()
    name = UnicodeAttribute()
    replace = BooleanAttribute(default=False)
    expires_at = NumberAttribute()  # milliseconds
    used_by = UnicodeAttribute(default="")  # hash of the node key that was enrolled


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    """``key`` can't be had again."""

    enrolment: Enrolment
    key: str


def put_enrolment(sbc_id: str, name: str, *, replace: bool, lifetime_s: int, actor: Actor) -> NewEnrolment:
    tx = Transaction()
    key = secrets.token_urlsafe(KEY_BYTES)
    expires_at = tx.now_ms + lifetime_s * 1000
    enrolment = Enrolment(
        pk=keys.sbc_nodes(sbc_id),
        sk=PREFIX + (enrolment_id := tx.new_id("enr")),
        id=enrolment_id,
        sbc_id=sbc_id,
        name=name,
        replace=replace,
        key_hash=token_hash(key),
        created_at=tx.now_ms,
        created_by=actor.name or actor.user_id,
        expires_at=expires_at,
        ttl=expires_at // 1000,
    )
    found_by = EnrolmentKey(
        pk=keys.enrolment_key(token_hash(key)),
        sk=keys.META,
        sbc_id=sbc_id,
        enrolment_id=enrolment_id,
        name=name,
        replace=replace,
        expires_at=expires_at,
        ttl=expires_at // 1000,
    )
    missing = PatchbayError("not_found", say("no_such_noun", noun=say("noun_sbc")))
    tx.check(keys.PLATFORM, SBC.sk(sbc_id), on_conflict=missing)
    tx.put_new(enrolment)
    tx.put_new(found_by)
    tx.audit("", actor, "sbc.enrolment.create", after={"sbc_id": sbc_id, "node": name, "replace": replace})
    tx.commit()
    return NewEnrolment(enrolment, key)


def open_enrolments(sbc_id: str, *, now_ms: int) -> list[Enrolment]:
    """Oldest first. One query."""
    found = database().all(Enrolment, keys.sbc_nodes(sbc_id), prefix=PREFIX)
    return [enrolment for enrolment in found if int(enrolment.expires_at) > now_ms]


def delete_enrolment(sbc_id: str, enrolment_id: str, *, actor: Actor) -> None:
    """Its key enrols nobody any more."""
    missing = PatchbayError("not_found", say("no_such_enrolment"))
    found = database().find(Enrolment, keys.sbc_nodes(sbc_id), PREFIX + enrolment_id)
    if found is None:
        raise missing
    tx = Transaction()
    tx.delete(found.pk, found.sk, condition="attribute_exists(PK)", on_conflict=missing)
    tx.delete(keys.enrolment_key(found.key_hash), keys.META)
    tx.audit("", actor, "sbc.enrolment.revoke", before={"sbc_id": sbc_id, "node": found.name})
    tx.commit()


def find_enrolment_key(key: str, *, now_ms: int) -> EnrolmentKey | None:
    """Also one that was used."""
    found = database().find(EnrolmentKey, keys.enrolment_key(token_hash(key)), keys.META)
    return None if found is None or int(found.expires_at) <= now_ms else found


def use_enrolment(tx: Transaction, found: EnrolmentKey, *, node_key_hash: str) -> None:
    """Once: whoever comes second gets ``enrolment_invalid``, and so does who comes after a revocation."""
    invalid = PatchbayError("enrolment_invalid")
    tx.delete(
        keys.sbc_nodes(found.sbc_id),
        PREFIX + found.enrolment_id,
        condition="attribute_exists(PK)",
        on_conflict=invalid,
    )
    tx.update(
        found.pk,
        found.sk,
        "SET used_by = :node",
        condition="attribute_exists(PK) AND used_by = :nobody",
        on_conflict=invalid,
        node=node_key_hash,
        nobody="",
    )
