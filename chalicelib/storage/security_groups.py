"""Security groups: which PSTN destinations subscribers may call. Without one: none."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.tenant_parts import core_effects, refuse_if_used
from chalicelib.storage.transaction import Transaction


class SecurityGroup(Record, discriminator="SecurityGroup"):
    """``countries`` is what was picked, ``country_prefixes`` what that meant when it was saved."""

    name = UnicodeAttribute()
    countries = JSONAttribute(default=list)
    prefixes = JSONAttribute(default=list)
    country_prefixes = JSONAttribute(default=list)


def _effects(scope: TenantScope, tx: Transaction, before: SecurityGroup | None, after: SecurityGroup | None) -> None:
    core_effects(scope, tx, before, after)
    if after is None and before is not None:
        refuse_if_used(tx, scope, before.sk, "security group")


SECURITY_GROUP = Noun("security_group", "sgr", "GROUP#", SecurityGroup, effects=_effects)
