"""Onboardings: what has been said so far by somebody who confirmed an e-mail address. There is one per address."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction


class Onboarding(Item, discriminator="Onboarding"):
    """Empty fields haven't been answered yet. ``isp_id`` is set once it is finished."""

    id = UnicodeAttribute()
    version = NumberAttribute(default=1)
    email = UnicodeAttribute()
    full_name = UnicodeAttribute(default="")
    password_hash = UnicodeAttribute(default="")
    namespace = UnicodeAttribute(default="")
    currency = UnicodeAttribute(default="")
    company = UnicodeAttribute(default="")
    country = UnicodeAttribute(default="")
    time_zone = UnicodeAttribute(default="")
    theme_version = NumberAttribute(default=0)
    isp_id = UnicodeAttribute(default="")


def onboarding_id(email: str) -> str:
    """Follows from the address, so that signing up again resumes."""
    return f"onb_{token_hash(email.lower())[:32]}"


def find_onboarding(an_id: str) -> Onboarding | None:
    return database().find(Onboarding, keys.onboarding(an_id), keys.META)


def get_open_onboarding(an_id: str) -> Onboarding:
    """Raises ``onboarding_finished``, also when it is finished and gone."""
    found = find_onboarding(an_id)
    if found is None or found.isp_id:
        raise PatchbayError("onboarding_finished")
    return found


def start_onboarding(tx: Transaction, email: str) -> Onboarding:
    """A fresh one, over a finished one of the same address if there is any."""
    found = Onboarding(pk=keys.onboarding(onboarding_id(email)), sk=keys.META, id=onboarding_id(email), email=email)
    found.ttl = kept_until(tx)
    tx.put(found, condition="attribute_not_exists(PK) OR isp_id > :none", none="")
    return found


def save_onboarding(tx: Transaction, onboarding: Onboarding) -> None:
    """Refused with ``version_conflict`` if another step was saved in the meantime."""
    expected = int(onboarding.version)
    onboarding.version = expected + 1
    onboarding.ttl = kept_until(tx)
    tx.put(
        onboarding,
        condition="version = :expected",
        on_conflict=PatchbayError("version_conflict"),
        expected=expected,
    )


def kept_until(tx: Transaction) -> int:
    return tx.now_ms // 1000 + settings().onboarding_days * 86400
