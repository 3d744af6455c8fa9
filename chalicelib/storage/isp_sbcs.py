"""Which SBCs serve an ISP: those of its tenants. A change of the ISP's part goes to each of them."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

PREFIX = "SBC#"


class IspSbc(Item, discriminator="IspSbc"):
    sbc_id = UnicodeAttribute()
    tenants = NumberAttribute(default=0)


def sbcs_of_isp(isp_id: str) -> list[str]:
    found = database().all(IspSbc, keys.isp(isp_id), prefix=PREFIX)
    return [link.sbc_id for link in found if int(link.tenants) > 0]


def count_tenant(tx: Transaction, isp_id: str, sbc_id: str, change: int) -> None:
    """One tenant more (+1) or less (-1) of this ISP on this SBC."""
    tx.update(
        keys.isp(isp_id),
        f"{PREFIX}{sbc_id}",
        "ADD tenants :change SET sbc_id = :sbc_id, #kind = :kind",
        names={"#kind": "kind"},
        change=change,
        sbc_id=sbc_id,
        kind="IspSbc",
    )
