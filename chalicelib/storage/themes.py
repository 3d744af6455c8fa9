"""Themes: an ISP's colours and logo. They stand with the namespace, so that a login page has them in one read; until
onboarding is finished they stand with the onboarding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import NEW, Transaction

THEME = "THEME"
LOGO = "LOGO"
COLORS = {"primary_color": "#1c5fa8", "accent_color": "#e07a1f"}


class Theme(Item, discriminator="Theme"):
    version = NumberAttribute(default=1)
    primary_color = UnicodeAttribute(default=COLORS["primary_color"])
    accent_color = UnicodeAttribute(default=COLORS["accent_color"])
    logo_hash = UnicodeAttribute(default="")  # empty: no logo


class LogoItem(Item, discriminator="Logo"):
    media_type = UnicodeAttribute()
    data = BinaryAttribute(legacy_encoding=False)


@dataclass(frozen=True, slots=True)
class Logo:
    media_type: str
    data: bytes


def find_theme(pk: str) -> Theme | None:
    return database().find(Theme, pk, THEME)


def find_logo(pk: str) -> Logo | None:
    found = database().find(LogoItem, pk, LOGO)
    return None if found is None else Logo(found.media_type, bytes(found.data))


def put_theme(
    tx: Transaction, pk: str, values: dict[str, Any], *, expected_version: int, ttl: int | None = None
) -> Theme:
    """``expected_version`` 0: there is no theme yet."""
    theme = Theme(pk=pk, sk=THEME, ttl=ttl, **values)
    theme.version = expected_version + 1
    conflict = PatchbayError("version_conflict")
    if expected_version:
        tx.put(theme, condition="version = :expected", on_conflict=conflict, expected=expected_version)
    else:
        tx.put(theme, condition=NEW, on_conflict=conflict)
    return theme


def put_logo(tx: Transaction, pk: str, logo: Logo | None, *, ttl: int | None = None) -> None:
    if logo is None:
        tx.delete(pk, LOGO)
    else:
        tx.put(LogoItem(pk=pk, sk=LOGO, media_type=logo.media_type, data=logo.data, ttl=ttl))


def delete_theme(tx: Transaction, pk: str) -> None:
    tx.delete(pk, THEME)
    tx.delete(pk, LOGO)
