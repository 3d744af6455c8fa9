"""The same life for every kind of record that people edit: create, read, list, change, delete, restore.

A ``Noun`` says what is particular to a kind: its class, its keys, and the ``effects`` that a change has on other items
(uniqueness, references, snapshot parts), added to the transaction that makes the change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import GSI1, Key, Page, database
from chalicelib.storage.items import Record
from chalicelib.storage.references import Reference, begin_uses, end_uses, follow_references
from chalicelib.storage.scope import Scope
from chalicelib.storage.transaction import NEW, Actor, Transaction

RESTORABLE_S = 30 * 86400

RecordT = TypeVar("RecordT", bound=Record)

Effects = Callable[[Any, Transaction, Any, Any], None]


def no_effects(scope: Scope, transaction: Transaction, before: Record | None, after: Record | None) -> None:
    """A record that nothing else depends on."""


@dataclass(frozen=True, slots=True)
class Noun(Generic[RecordT]):
    """``effects(scope, transaction, before, after)``: before is None on create and restore, after None on delete.

    ``references``: fields with the id of another record of the same scope, which must exist and then can't be deleted.
    ``referable``: others refer to records of this kind, so they are counted.
    ``index_name(record)``: the text by which the kind is listed and searched (GSI1); None: listed by age.
    ``public(record)``: the record as audited, without secrets.
    """

    name: str
    id_prefix: str
    sk_prefix: str
    model: type[RecordT]
    effects: Effects = no_effects
    references: tuple[Reference, ...] = ()
    referable: bool = False
    index_name: Callable[[RecordT], str] | None = None
    secrets: frozenset[str] = frozenset()

    def sk(self, record_id: str) -> str:
        if self.sk_prefix == "SUB#":
            return keys.subscriber_sk(record_id)
        return f"{self.sk_prefix}{record_id}"

    def follow(self, scope: Scope, tx: Transaction, before: RecordT | None, after: RecordT | None) -> None:
        """Everything that a change has on other items."""
        record = after if after is not None else before
        if self.referable and record is not None:
            if before is None:
                begin_uses(tx, scope.pk, self.sk(record.id))
            if after is None:
                end_uses(tx, scope.pk, self.sk(record.id))
        follow_references(tx, scope.pk, self.references, before, after)
        self.effects(scope, tx, before, after)

    def index_pk(self, scope: Scope) -> str:
        return f"{scope.pk}#{self.sk_prefix.rstrip('#')}"

    def public(self, record: RecordT) -> dict[str, Any]:
        hidden = self.secrets | {"pk", "sk", "kind", "gsi1pk", "gsi1sk", "ttl"}
        return {name: value for name, value in record.attribute_values.items() if name not in hidden}


def find_record(scope: Scope, noun: Noun[RecordT], record_id: str) -> RecordT | None:
    return database().find(noun.model, scope.pk, noun.sk(record_id))


def get_record(scope: Scope, noun: Noun[RecordT], record_id: str) -> RecordT:
    found = find_record(scope, noun, record_id)
    if found is None:
        raise PatchbayError("not_found", say("no_such_noun", noun=say(f"noun_{noun.name}")))
    return found


def page_of_records(
    scope: Scope, noun: Noun[RecordT], *, limit: int, after: Key | None, search: str = ""
) -> Page[RecordT]:
    """One query. ``search``: the beginning of the name. Kinds without an index name have few records: each page is
    read and what doesn't begin so is left out, so pages may be short."""
    if noun.index_name is None:
        page = database().page(noun.model, scope.pk, prefix=noun.sk_prefix, limit=limit, after=after)
        wanted = [
            record for record in page.items if str(getattr(record, "name", "")).lower().startswith(search.lower())
        ]
        return Page(wanted, page.last_key)
    return database().page(
        noun.model, noun.index_pk(scope), prefix=search.lower(), limit=limit, after=after, index=GSI1
    )


def all_records(scope: Scope, noun: Noun[RecordT]) -> list[RecordT]:
    return database().all(noun.model, scope.pk, prefix=noun.sk_prefix)


def new_record(
    scope: Scope, noun: Noun[RecordT], values: dict[str, Any], *, record_id: str, actor: Actor, now_ms: int
) -> RecordT:
    """Not written yet."""
    record = noun.model(
        id=record_id, version=1, created_at=now_ms, updated_at=now_ms, updated_by=actor.user_id, **values
    )
    _place(scope, noun, record)
    return record


def changed_record(
    scope: Scope, noun: Noun[RecordT], before: RecordT, changes: dict[str, Any], *, actor: Actor, now_ms: int
) -> RecordT:
    """``before`` with ``changes``, one version on; not written yet."""
    after = noun.model(**{**_values(before), **changes})
    after.version = int(before.version) + 1
    after.updated_at = now_ms
    after.updated_by = actor.user_id
    _place(scope, noun, after)
    return after


def create_record(
    scope: Scope, noun: Noun[RecordT], values: dict[str, Any], *, actor: Actor, transaction: Transaction | None = None
) -> RecordT:
    """The new record, committed unless a transaction is passed that the caller commits."""
    tx = transaction if transaction is not None else Transaction()  # an empty one is falsy
    record = new_record(scope, noun, values, record_id=tx.new_id(noun.id_prefix), actor=actor, now_ms=tx.now_ms)
    noun.follow(scope, tx, None, record)
    tx.put_new(record)
    tx.audit(scope.isp_id, actor, f"{noun.name}.create", after=noun.public(record))
    if transaction is None:
        tx.commit()
    return record


def change_record(
    scope: Scope, noun: Noun[RecordT], before: RecordT, changes: dict[str, Any], *, expected_version: int, actor: Actor
) -> RecordT:
    """``before`` with ``changes``; refused if it is no longer at the version that was edited."""
    if int(before.version) != expected_version:
        raise PatchbayError("version_conflict", current_version=int(before.version))
    tx = Transaction()
    after = changed_record(scope, noun, before, changes, actor=actor, now_ms=tx.now_ms)
    noun.follow(scope, tx, before, after)
    tx.put_version(after, expected=expected_version)
    tx.audit(scope.isp_id, actor, f"{noun.name}.change", before=noun.public(before), after=noun.public(after))
    tx.commit()
    return after


def delete_record(
    scope: Scope, noun: Noun[RecordT], record_id: str, *, expected_version: int | None, actor: Actor
) -> None:
    """Moves the record out of sight for 30 days; ``restore_record`` brings it back."""
    record = get_record(scope, noun, record_id)
    if expected_version is not None and int(record.version) != expected_version:
        raise PatchbayError("version_conflict", current_version=int(record.version))
    tx = Transaction()
    kept = noun.model(**_values(record))
    kept.pk, kept.sk = scope.pk, keys.DELETED + noun.sk(record_id)
    kept.deleted_at = tx.now_ms
    kept.ttl = tx.now_ms // 1000 + RESTORABLE_S
    noun.follow(scope, tx, record, None)
    tx.delete(
        scope.pk,
        noun.sk(record_id),
        condition="version = :expected",
        on_conflict=PatchbayError("version_conflict"),
        expected=int(record.version),
    )
    tx.put(kept)
    tx.audit(scope.isp_id, actor, f"{noun.name}.delete", before=noun.public(record))
    tx.commit()


def restore_record(scope: Scope, noun: Noun[RecordT], record_id: str, *, actor: Actor) -> RecordT:
    kept = database().find(noun.model, scope.pk, keys.DELETED + noun.sk(record_id))
    tx = Transaction()
    if kept is None or int(kept.ttl or 0) <= tx.now_ms // 1000:
        raise PatchbayError("not_found", say("no_deleted_noun", noun=say(f"noun_{noun.name}")))
    values = _values(kept) | {"deleted_at": None, "ttl": None}
    record = noun.model(**values)
    record.version = int(kept.version) + 1
    record.updated_at = tx.now_ms
    record.updated_by = actor.user_id
    _place(scope, noun, record)
    noun.follow(scope, tx, None, record)
    tx.put(record, condition=NEW, on_conflict=PatchbayError("not_restorable"))
    tx.delete(scope.pk, keys.DELETED + noun.sk(record_id))
    tx.audit(scope.isp_id, actor, f"{noun.name}.restore", after=noun.public(record))
    tx.commit()
    return record


def _place(scope: Scope, noun: Noun[RecordT], record: RecordT) -> None:
    record.pk, record.sk = scope.pk, noun.sk(record.id)
    if noun.index_name is not None:
        record.gsi1pk = noun.index_pk(scope)
        record.gsi1sk = f"{noun.index_name(record).lower()}#{record.id}"


def _values(record: Record) -> dict[str, Any]:
    skipped = {"pk", "sk", "kind", "gsi1pk", "gsi1sk"}
    return {name: value for name, value in record.attribute_values.items() if name not in skipped}
