"""Which SBCs serve an ISP: those of its tenants. A change of the ISP's part goes to each of them.

Beside the links stands one item whose ``version`` grows when an SBC is added or removed. Who acts on the set of SBCs
proves in the same transaction that it is still the one that was read; otherwise a carrier could be added at the very
moment at which an SBC begins to serve the ISP, and be missing there for good.
"""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import isp_key
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

PREFIX = "SBC#"
SET_SK = PREFIX  # sorts before the links: one query reads both


class IspSbc(Item, discriminator="IspSbc"):
    sbc_id = UnicodeAttribute(default="")
    tenants = NumberAttribute(default=0)
    version = NumberAttribute(default=0)  # of the set, in the item ``SET_SK``


@dataclass(frozen=True, slots=True)
class SbcSet:
    """The SBCs that serve an ISP, with the number of its tenants on each, as read at ``version``."""

    tenants: dict[str, int]
    version: int

    @property
    def sbc_ids(self) -> list[str]:
        return list(self.tenants)


def sbc_set(isp_id: str) -> SbcSet:
    found = database().all(IspSbc, keys.isp(isp_id), prefix=PREFIX)
    version = sum(int(item.version) for item in found if item.sk == SET_SK)
    return SbcSet({item.sbc_id: int(item.tenants) for item in found if int(item.tenants) > 0}, version)


def sbcs_of_isp(isp_id: str) -> list[str]:
    return sbc_set(isp_id).sbc_ids


def check_sbc_set(tx: Transaction, isp_id: str, seen: SbcSet) -> None:
    tx.check(
        keys.isp(isp_id),
        SET_SK,
        condition="version = :seen" if seen.version else "attribute_not_exists(version)",
        on_conflict=PatchbayError("try_again"),
        **({"seen": seen.version} if seen.version else {}),
    )


def advance_sbc_set(tx: Transaction, isp_id: str, seen: SbcSet) -> None:
    """The set, or what must be equal on all its SBCs, changes: whoever else has read it must read it again."""
    tx.update(
        keys.isp(isp_id),
        SET_SK,
        "SET version = :next, #kind = :kind",
        condition="version = :seen" if seen.version else "attribute_not_exists(version)",
        on_conflict=PatchbayError("try_again"),
        names={"#kind": "kind"},
        next=seen.version + 1,
        kind="IspSbc",
        **({"seen": seen.version} if seen.version else {}),
    )


def bump_isp(tx: Transaction, isp_id: str) -> None:
    """The ISP's part has changed, on every SBC that serves it."""
    seen = sbc_set(isp_id)
    check_sbc_set(tx, isp_id, seen)
    tx.bump(isp_key(isp_id), seen.sbc_ids)


def count_tenant(tx: Transaction, isp_id: str, sbc_id: str, change: int, *, seen: SbcSet) -> bool:
    """One tenant more (+1) or less (-1) of this ISP on this SBC. True if the SBC so enters or leaves the set: then
    the caller also calls ``advance_sbc_set``."""
    known = seen.tenants.get(sbc_id, 0)
    crosses = (known, change) in ((0, 1), (1, -1))
    condition = "tenants = :known" if crosses else "tenants > :floor"
    if not known:
        condition = f"attribute_not_exists(PK) OR {condition}"
    tx.update(
        keys.isp(isp_id),
        f"{PREFIX}{sbc_id}",
        "ADD tenants :change SET sbc_id = :sbc_id, #kind = :kind",
        condition=condition,
        on_conflict=PatchbayError("try_again"),
        names={"#kind": "kind"},
        change=change,
        sbc_id=sbc_id,
        kind="IspSbc",
        **({"known": known} if crosses else {"floor": 1 if change < 0 else 0}),
    )
    return crosses
