"""Customers' own domains. A tenant can use one only once the ISP has proven control over it, and one ISP at a time."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun, change_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor, Transaction

VERIFIED = "VERIFIED"


class Domain(Record, discriminator="Domain"):
    domain = UnicodeAttribute()
    token = UnicodeAttribute()
    verified_at = NumberAttribute(default=0)  # 0: not yet


class DomainName(Item, discriminator="DomainName"):
    """Of one ISP: finds its domain by name and keeps it from adding one twice."""

    domain_id = UnicodeAttribute()


class VerifiedDomain(Item, discriminator="VerifiedDomain"):
    """Of the platform: the one ISP that has proven control."""

    isp_id = UnicodeAttribute()
    domain_id = UnicodeAttribute()


def _name_sk(domain: str) -> str:
    return f"DOMAINNAME#{domain.lower()}"


def _effects(scope: IspScope, tx: Transaction, before: Domain | None, after: Domain | None) -> None:
    if before is None and after is not None:
        name = DomainName(pk=scope.pk, sk=_name_sk(after.domain), domain_id=after.id)
        tx.put_new(name, on_conflict=PatchbayError("name_taken", say("domain_added_already", domain=after.domain)))
        after.verified_at = 0  # a restored domain is proven again: another ISP may have it by now
    if after is None and before is not None:
        tx.delete(scope.pk, _name_sk(before.domain))
        if before.verified_at:
            tx.delete(keys.sip_domain(before.domain), VERIFIED)
    if before is not None and after is not None and after.verified_at and not before.verified_at:
        tx.put(
            VerifiedDomain(pk=keys.sip_domain(after.domain), sk=VERIFIED, isp_id=scope.isp_id, domain_id=after.id),
            condition="attribute_not_exists(PK) OR isp_id = :mine",
            on_conflict=PatchbayError("name_taken", say("domain_of_another", domain=after.domain)),
            mine=scope.isp_id,
        )


DOMAIN = Noun(
    "domain",
    "dom",
    "DOMAIN#",
    Domain,
    effects=_effects,
    referable=True,
    index_name=lambda record: str(record.domain),
)


def find_domain_id(isp_id: str, domain: str) -> str:
    """The id of the ISP's domain of this name; empty if it has none."""
    found = database().find(DomainName, keys.isp(isp_id), _name_sk(domain))
    return "" if found is None else found.domain_id


def check_verified(tx: Transaction, isp_id: str, domain: str) -> None:
    tx.check(
        keys.sip_domain(domain),
        VERIFIED,
        condition="isp_id = :mine",
        on_conflict=PatchbayError("domain_not_verified", say("verify_domain_first", domain=domain)),
        mine=isp_id,
    )


def mark_verified(scope: IspScope, domain: Domain, *, now_ms: int, actor: Actor) -> Domain:
    changes: dict[str, Any] = {"verified_at": now_ms}
    return change_record(scope, DOMAIN, domain, changes, expected_version=int(domain.version), actor=actor)
