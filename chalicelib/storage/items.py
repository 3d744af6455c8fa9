"""The base of every item of the table. One module per aggregate defines its own kinds below this."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Item(Model):
    """``kind`` tells the classes apart when a query returns several; the sort key's prefix tells them apart for us."""

    class Meta:
        table_name = "patchbay"  # the real name is the Database's; models only describe and serialise

    pk = UnicodeAttribute(hash_key=True, attr_name="PK")
    sk = UnicodeAttribute(range_key=True, attr_name="SK")
    kind = DiscriminatorAttribute()
    gsi1pk = UnicodeAttribute(attr_name="GSI1PK", null=True)
    gsi1sk = UnicodeAttribute(attr_name="GSI1SK", null=True)
    ttl = NumberAttribute(null=True)  # seconds since 1970; DynamoDB removes the item some time after


class Record(Item):
    """An aggregate that people edit: it has an id, a version and knows when and by whom it was last changed."""

    id = UnicodeAttribute()
    version = NumberAttribute(default=1)
    created_at = NumberAttribute()
    updated_at = NumberAttribute()
    updated_by = UnicodeAttribute(default="")
    deleted_at = NumberAttribute(null=True)
