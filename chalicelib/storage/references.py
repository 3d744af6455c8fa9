"""Who refers to what, kept so that nothing in use can be deleted and nothing deleted can be referred to.

Beside a record that others may refer to stands an item that counts them. A reference is one conditional update of it:
the condition is the proof that the record exists, the count keeps it from being deleted, and both sides of a race
touch the same item. ``change_count`` only grows: who read it can prove that nothing came or went since.
"""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.storage.database import database
from chalicelib.storage.items import Item, Record
from chalicelib.storage.transaction import EXISTS, Transaction


class Uses(Item, discriminator="Uses"):
    use_count = NumberAttribute(default=0)
    change_count = NumberAttribute(default=0)


@dataclass(frozen=True, slots=True)
class Reference:
    """``field`` holds the id of a record of the same partition, whose sort key has ``sk_prefix`` before it, or is
    empty."""

    field: str
    sk_prefix: str


def uses_sk(record_sk: str) -> str:
    return f"USES#{record_sk}"


def begin_uses(tx: Transaction, pk: str, record_sk: str) -> None:
    tx.put_new(Uses(pk=pk, sk=uses_sk(record_sk)))


def end_uses(tx: Transaction, pk: str, record_sk: str) -> None:
    tx.delete(pk, uses_sk(record_sk), condition="use_count = :none", on_conflict=PatchbayError("in_use"), none=0)


def change_uses(tx: Transaction, pk: str, record_sk: str, change: int, *, on_missing: PatchbayError) -> None:
    """One use more (+1) or less (-1) of a record that must exist."""
    tx.update(
        pk,
        uses_sk(record_sk),
        "ADD use_count :change, change_count :one",
        condition=EXISTS,
        on_conflict=on_missing,
        change=change,
        one=1,
    )


def find_uses(pk: str, record_sk: str) -> Uses:
    return database().get(Uses, pk, uses_sk(record_sk))


def check_unchanged(tx: Transaction, pk: str, record_sk: str, uses: Uses) -> None:
    """Nothing has begun or ceased to refer to the record since ``uses`` was read."""
    tx.check(
        pk,
        uses_sk(record_sk),
        condition="change_count = :seen",
        on_conflict=PatchbayError("try_again"),
        seen=int(uses.change_count),
    )


def changed_uses(
    references: tuple[Reference, ...], before: Record | None, after: Record | None
) -> list[tuple[Reference, str, int]]:
    """``(reference, id, +1 or -1)`` for each use that begins or ends with the change."""
    found: list[tuple[Reference, str, int]] = []
    for reference in references:
        old = str(getattr(before, reference.field)) if before is not None else ""
        new = str(getattr(after, reference.field)) if after is not None else ""
        if old != new:
            found += [(reference, used, change) for used, change in ((old, -1), (new, +1)) if used]
    return found


def follow_references(
    tx: Transaction, pk: str, references: tuple[Reference, ...], before: Record | None, after: Record | None
) -> None:
    for reference, used, change in changed_uses(references, before, after):
        missing = missing_reference(reference.field, used)
        change_uses(tx, pk, reference.sk_prefix + used, change, on_missing=missing)


def missing_reference(field: str, value: str) -> PatchbayError:
    return field_error(field, say("no_such", value=value), code="reference_not_found")
