"""Dialplans: ordered rules that make E.164 of what subscribers dial. They stand in the ISP's part."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.storage.isp_sbcs import bump_isp
from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Transaction


class StoredDialplan(Record, discriminator="Dialplan"):
    name = UnicodeAttribute()
    country_code = UnicodeAttribute(default="")
    rules = JSONAttribute(default=list)  # in order; fields: schemas/dialplans.py


def _effects(scope: IspScope, tx: Transaction, _before: StoredDialplan | None, _after: StoredDialplan | None) -> None:
    bump_isp(tx, scope.isp_id)


DIALPLAN = Noun("dialplan", "dpl", "DIALPLAN#", StoredDialplan, effects=_effects, referable=True)
