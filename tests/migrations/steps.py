"""The steps of a migration over one ISP alone: the database of the tests has many."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.errors import PatchbayError
from chalicelib.migrations.migration import Migration, Step
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

MOST_STEPS = 200


def steps_over(migration: Migration, isp_id: str, *, now_ms: int | None = None) -> list[Step]:
    """All of one round, each committed as the runner does it."""
    place: dict[str, Any] | None = {"isp_id": isp_id, "isp_key": {}, "changed": 0}
    taken: list[Step] = []
    while place is not None and "isp_id" in place:
        assert len(taken) < MOST_STEPS, place
        tx = Transaction(now_ms=now_ms)
        try:
            step = migration.step(place, tx)
            assert len(tx) <= 90
            if len(tx):
                tx.commit()
        except PatchbayError as error:
            if error.code != "try_again":
                raise
            continue
        taken.append(step)
        place = step.place
    return taken


def changed_by(steps: list[Step]) -> int:
    return sum(step.changed for step in steps)


def forget(pk: str, prefix: str = "") -> int:
    """As a release left it that didn't write these items yet; how many there were."""
    found = database().all(Item, pk, prefix=prefix)
    database().delete_many([(item.pk, item.sk) for item in found])
    return len(found)


def forget_usage(isp_id: str, *tenant_ids: str) -> None:
    forget(keys.isp_usage(isp_id))
    for tenant_id in tenant_ids:
        forget(keys.tenant_usage(tenant_id))
