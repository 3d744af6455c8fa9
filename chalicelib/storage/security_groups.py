"""Security groups: which PSTN destinations subscribers may call. Without one: none."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun
from chalicelib.storage.tenant_parts import core_effects


class SecurityGroup(Record, discriminator="SecurityGroup"):
    """``countries`` is what was picked, ``country_prefixes`` what that meant when it was saved."""

    name = UnicodeAttribute()
    countries = JSONAttribute(default=list)
    prefixes = JSONAttribute(default=list)
    country_prefixes = JSONAttribute(default=list)


SECURITY_GROUP = Noun("security_group", "sgr", "GROUP#", SecurityGroup, effects=core_effects, referable=True)
