"""SBCs, their nodes and what each SBC serves."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.live import is_order
from chalicelib.domain.parts import index_key
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.feed import Change
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun, all_records, find_record
from chalicelib.storage.references import change_uses, missing_reference
from chalicelib.storage.scope import PlatformScope
from chalicelib.storage.transaction import EXISTS, Actor, Transaction

NODE_PREFIX = "NODE#"
FEED_TAIL = 25


class Sbc(Record, discriminator="Sbc"):
    name = UnicodeAttribute()
    address = UnicodeAttribute()  # host:port that phones use as their outbound proxy
    websocket_url = UnicodeAttribute(default="")
    isp_id = UnicodeAttribute(default="")  # empty: shared by all ISPs
    region = UnicodeAttribute(default="")
    allow_private_gateways = BooleanAttribute(default=False)


class SbcName(Item, discriminator="SbcName"):
    """Makes the name unique on the platform."""

    sbc_id = UnicodeAttribute()


class SbcNode(Item, discriminator="SbcNode"):
    sbc_id = UnicodeAttribute()
    name = UnicodeAttribute()
    key_hash = UnicodeAttribute()
    queue_url = UnicodeAttribute(default="")  # where it hears of changes; empty: it asks the API
    created_at = NumberAttribute()
    acked_cursor = UnicodeAttribute(default="")  # all changes up to this feed id are in force on the node
    acked_at = NumberAttribute(default=0)
    seal_key_id = UnicodeAttribute(default="")  # of the newest master key whose seal key the node has


class NodeKey(Item, discriminator="NodeKey"):
    """The key of one SBC node, found by its hash."""

    sbc_id = UnicodeAttribute()
    node = UnicodeAttribute()
    seal_key_id = UnicodeAttribute(default="")  # as of the node


def _name_sk(name: str) -> str:
    return f"SBCNAME#{name.lower()}"


def _effects(scope: PlatformScope, tx: Transaction, before: Sbc | None, after: Sbc | None) -> None:
    old = before.name.lower() if before else ""
    new = after.name.lower() if after else ""
    if old != new:
        if old:
            tx.delete(scope.pk, _name_sk(old))
        if after:
            unique = SbcName(pk=scope.pk, sk=_name_sk(new), sbc_id=after.id)
            tx.put_new(unique, on_conflict=PatchbayError("name_taken", say("sbc_named_so", name=after.name)))
    if before is None and after is not None and after.isp_id:
        tx.check(keys.isp(after.isp_id), keys.META, on_conflict=missing_reference("isp_id", after.isp_id))
    if after and (before is None or before.allow_private_gateways != after.allow_private_gateways):
        tx.bump(index_key(after.id), [after.id])


SBC = Noun("sbc", "sbc", "SBC#", Sbc, effects=_effects, referable=True)


def find_sbc(sbc_id: str) -> Sbc | None:
    return find_record(PlatformScope(), SBC, sbc_id)


def find_sbc_by_name(name: str) -> Sbc | None:
    unique = database().find(SbcName, keys.PLATFORM, _name_sk(name))
    return None if unique is None else find_sbc(unique.sbc_id)


def sbcs_for_isp(isp_id: str) -> list[Sbc]:
    """The shared ones and the ISP's own. One query."""
    return [sbc for sbc in all_records(PlatformScope(), SBC) if sbc.isp_id in ("", isp_id)]


def use_sbc(tx: Transaction, isp_id: str, sbc_id: str) -> None:
    """A tenant of the ISP begins to use the SBC, which must be shared or the ISP's own."""
    missing = missing_reference("sbc_id", sbc_id)
    tx.check(
        keys.PLATFORM,
        SBC.sk(sbc_id),
        condition="isp_id = :shared OR isp_id = :mine",
        on_conflict=missing,
        shared="",
        mine=isp_id,
    )
    change_uses(tx, keys.PLATFORM, SBC.sk(sbc_id), +1, on_missing=missing)


def leave_sbc(tx: Transaction, sbc_id: str) -> None:
    change_uses(tx, keys.PLATFORM, SBC.sk(sbc_id), -1, on_missing=missing_reference("sbc_id", sbc_id))


def find_node_key(key_hash: str) -> NodeKey | None:
    return database().find(NodeKey, keys.node_key(key_hash), keys.META)


def nodes_of_sbc(sbc_id: str) -> list[SbcNode]:
    return database().all(SbcNode, keys.sbc_nodes(sbc_id), prefix=NODE_PREFIX)


def find_node(sbc_id: str, name: str) -> SbcNode | None:
    return database().find(SbcNode, keys.sbc_nodes(sbc_id), NODE_PREFIX + name)


def put_node(
    sbc_id: str,
    name: str,
    key_hash: str,
    *,
    queue_url: str = "",
    seal_key_id: str = "",
    replaces: SbcNode | None,
    actor: Actor,
    transaction: Transaction | None = None,
) -> SbcNode:
    """A new node, or a new key for the one that was read as ``replaces``: the old key ends with the same write.
    Committed unless a transaction is passed that the caller commits."""
    tx = transaction if transaction is not None else Transaction()  # an empty one is falsy
    missing = PatchbayError("not_found", say("no_such_noun", noun=say("noun_sbc")))
    node = SbcNode(
        pk=keys.sbc_nodes(sbc_id),
        sk=NODE_PREFIX + name,
        sbc_id=sbc_id,
        name=name,
        key_hash=key_hash,
        queue_url=queue_url,
        created_at=tx.now_ms,
        seal_key_id=seal_key_id,
    )
    if replaces is None:
        change_uses(tx, keys.PLATFORM, SBC.sk(sbc_id), +1, on_missing=missing)
        tx.put_new(node, on_conflict=node_exists(name))
    else:
        tx.check(keys.PLATFORM, SBC.sk(sbc_id), on_conflict=missing)
        tx.delete(keys.node_key(replaces.key_hash), keys.META)
        tx.put(node, condition="key_hash = :replaced", replaced=replaces.key_hash)
    tx.put_new(NodeKey(pk=keys.node_key(key_hash), sk=keys.META, sbc_id=sbc_id, node=name, seal_key_id=seal_key_id))
    tx.audit("", actor, "sbc.node.enrol", after={"sbc_id": sbc_id, "node": name})
    if transaction is None:
        tx.commit()
    return node


def node_exists(name: str) -> PatchbayError:
    return PatchbayError("name_taken", say("node_named_so", name=name))


def delete_node(sbc_id: str, name: str, *, actor: Actor) -> SbcNode:
    """From now on its key opens nothing. The node as it was."""
    node = find_node(sbc_id, name)
    if node is None:
        raise PatchbayError("not_found", say("no_such_node"))
    tx = Transaction()
    tx.delete(node.pk, node.sk, condition="key_hash = :seen", seen=node.key_hash)
    tx.delete(keys.node_key(node.key_hash), keys.META)
    change_uses(tx, keys.PLATFORM, SBC.sk(sbc_id), -1, on_missing=PatchbayError("not_found"))
    tx.audit("", actor, "sbc.node.revoke", before={"sbc_id": sbc_id, "node": name})
    tx.commit()
    return node


def record_ack(sbc_id: str, node: str, cursor: str) -> None:
    """All changes up to ``cursor`` are in force on the node. An older cursor changes nothing but the time: a node sends
    one that ended before it had noted the last, and would otherwise be refused until something changes."""
    pk, sk, older = keys.sbc_nodes(sbc_id), NODE_PREFIX + node, PatchbayError("version_conflict")
    tx = Transaction()
    tx.update(
        pk,
        sk,
        "SET acked_cursor = :cursor, acked_at = :now",
        condition="attribute_exists(PK) AND acked_cursor <= :cursor",
        on_conflict=older,
        cursor=cursor,
        now=tx.now_ms,
    )
    try:
        tx.commit()
    except PatchbayError as error:
        if error is not older:
            raise
        missing = PatchbayError("not_found", say("no_such_node"))
        tx = Transaction(now_ms=tx.now_ms)
        tx.update(pk, sk, "SET acked_at = :now", condition=EXISTS, on_conflict=missing, now=tx.now_ms)
        tx.commit()


def record_seal_key(sbc_id: str, name: str, key_id: str) -> None:
    """The node has the seal key of this master key: from now on its parts are sealed with it."""
    node = find_node(sbc_id, name)
    missing = PatchbayError("not_found", say("no_such_node"))
    if node is None:
        raise missing
    tx = Transaction()
    tx.update(
        node.pk, node.sk, "SET seal_key_id = :key_id", condition="key_hash = :seen", on_conflict=missing,
        key_id=key_id, seen=str(node.key_hash),
    )  # fmt: skip
    place = keys.node_key(node.key_hash), keys.META
    tx.update(*place, "SET seal_key_id = :key_id", condition=EXISTS, on_conflict=missing, key_id=key_id)
    tx.commit()


def all_nodes() -> list[SbcNode]:
    """Of all SBCs: a query for each."""
    return [node for sbc in all_records(PlatformScope(), SBC) for node in nodes_of_sbc(sbc.id)]


def nodes_in_force(sbc_id: str) -> tuple[int, int]:
    """How many nodes have acknowledged the newest change, and how many there are. Two queries. Orders in the feed, such
    as to watch a tenant, change nothing that could be in force; behind very many of them, their own acknowledgement
    stands for that of the change before."""
    nodes = nodes_of_sbc(sbc_id)
    newest = database().page(Change, keys.sbc_changes(sbc_id), limit=FEED_TAIL, newest_first=True).items
    latest = next((change.sk for change in newest if not is_order(change.part_key)), newest[-1].sk if newest else "")
    return sum(1 for node in nodes if node.acked_cursor and node.acked_cursor >= latest), len(nodes)
