"""What stands in the partitions of an SBC's parts: one small item per domain and per allocated number."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.parts import did_shard
from chalicelib.storage import keys
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction


class DomainEntry(Item, discriminator="DomainEntry"):
    domain = UnicodeAttribute()
    isp_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()


class DidEntry(Item, discriminator="DidEntry"):
    number = UnicodeAttribute()
    isp_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()


def domain_sk(domain: str) -> str:
    return f"DOMAIN#{domain.lower()}"


def put_domain(tx: Transaction, sbc_id: str, *, domain: str, isp_id: str, tenant_id: str) -> None:
    tx.put(
        DomainEntry(pk=keys.sbc_index(sbc_id), sk=domain_sk(domain), domain=domain, isp_id=isp_id, tenant_id=tenant_id)
    )


def delete_domain(tx: Transaction, sbc_id: str, *, domain: str) -> None:
    tx.delete(keys.sbc_index(sbc_id), domain_sk(domain))


def put_did(tx: Transaction, sbc_id: str, *, number: str, isp_id: str, tenant_id: str) -> None:
    tx.put(
        DidEntry(
            pk=keys.sbc_dids(sbc_id, did_shard(number)),
            sk=f"{number}#{isp_id}",
            number=number,
            isp_id=isp_id,
            tenant_id=tenant_id,
        )
    )


def delete_did(tx: Transaction, sbc_id: str, *, number: str, isp_id: str) -> None:
    tx.delete(keys.sbc_dids(sbc_id, did_shard(number)), f"{number}#{isp_id}")
