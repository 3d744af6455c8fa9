"""Several subscribers in one transaction: what each change does to others is put together, as DynamoDB takes one
operation per item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import subscriber_shard, subscribers_key
from chalicelib.storage.references import begin_uses, change_uses, changed_uses, missing_reference
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import (
    SUBSCRIBER,
    Subscriber,
    check_shards,
    count_more,
    follow_names,
    follow_own_contact,
    named,
)
from chalicelib.storage.tenant_parts import bump_tenant_part
from chalicelib.storage.transaction import Actor, Transaction

MOST_WRITES = 90  # of the hundred that a transaction takes
SHARED_WRITES = 6  # the job, the count, where the tenant is, its number of parts, the part's version and its change


@dataclass(slots=True)
class SubscriberBatch:
    """``add`` until it says no, then ``close`` and commit ``tx`` with whatever else belongs to it. All of a batch stand
    in one snapshot part, so that it is bumped once."""

    scope: TenantScope
    tx: Transaction
    shards: int
    actor: Actor
    _owners: list[tuple[range, str]] = field(default_factory=list)  # places of operations, whose subscriber's
    _uses: Counter[str] = field(default_factory=Counter)  # by sort key of what is used
    _users: dict[str, set[str]] = field(default_factory=dict)  # of it, in this batch
    _fields: dict[str, tuple[str, str]] = field(default_factory=dict)  # by which field and id it is used
    _part: int | None = None
    _more: int = 0

    def add(self, before: Subscriber | None, after: Subscriber) -> bool:
        """False, and nothing added, if there is no room or it stands in another part."""
        uses = changed_uses(SUBSCRIBER.references, before, after)
        part = subscriber_shard(after.id, self.shards)
        pending = SHARED_WRITES + len(self._uses) + len(uses)  # what comes with ``close``
        if self._part not in {None, part} or len(self.tx) + pending + _own_writes(before, after) > MOST_WRITES:
            return False
        begin = len(self.tx)
        self._write(before, after)
        self._owners.append((range(begin, len(self.tx)), after.id))
        for reference, used, change in uses:
            sk = reference.sk_prefix + used
            self._uses[sk] += change
            self._users.setdefault(sk, set()).add(after.id)
            self._fields[sk] = reference.field, used
        self._part = part
        self._more += before is None
        return True

    def close(self) -> None:
        if self._part is None:
            return
        for sk, change in self._uses.items():
            if change:
                begin = len(self.tx)
                change_uses(self.tx, self.scope.pk, sk, change, on_missing=missing_reference(*self._fields[sk]))
                self._owners += [(range(begin, len(self.tx)), user) for user in self._users[sk]]
        bump_tenant_part(self.tx, self.scope, subscribers_key(self.scope.tenant_id, self._part))
        check_shards(self.scope, self.tx, self.shards)
        if self._more:
            count_more(self.scope, self.tx, self._more)

    def find_blamed(self, error: PatchbayError) -> set[str]:
        """The ids of the subscribers because of which the commit was refused; none if it wasn't because of them."""
        place = self.tx.find_refused(error)
        return {owner for places, owner in self._owners if place is not None and place in places}

    def _write(self, before: Subscriber | None, after: Subscriber) -> None:
        if before is None:
            begin_uses(self.tx, self.scope.pk, SUBSCRIBER.sk(after.id))
            self.tx.put_new(after)
        else:
            self.tx.put_version(after, expected=int(before.version))
        follow_names(self.scope, self.tx, before, after)
        follow_own_contact(self.scope, self.tx, before, after)
        verb = "create" if before is None else "change"
        shown = None if before is None else SUBSCRIBER.public(before)
        self.tx.audit(self.scope.isp_id, self.actor, f"subscriber.{verb}", before=shown, after=SUBSCRIBER.public(after))


def _own_writes(before: Subscriber | None, after: Subscriber) -> int:
    names = {name.lower() for _, name in named(before)} ^ {name.lower() for _, name in named(after)}
    return len(names) + 4  # itself, its uses when it is new, the audit, its contact: one write when new, two else
