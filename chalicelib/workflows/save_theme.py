"""A theme, of an ISP or of an onboarding, with the logo that was sent or the one there was."""

from __future__ import annotations

from chalicelib.schemas.themes import ThemeBody
from chalicelib.storage.themes import Theme, find_theme, put_logo, put_theme
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.read_logo import logo_hash, read_logo


def save_theme(
    tx: Transaction, pk: str, body: ThemeBody, *, expected_version: int | None = None, ttl: int | None = None
) -> Theme:
    """Adds to the transaction. Without ``expected_version`` the last one to write wins."""
    before = find_theme(pk)
    found_hash = before.logo_hash if before else ""
    if "logo" in body.model_fields_set:
        logo = read_logo(body.logo)
        put_logo(tx, pk, logo, ttl=ttl)
        found_hash = logo_hash(logo)
    values = {"primary_color": body.primary_color, "accent_color": body.accent_color, "logo_hash": found_hash}
    if expected_version is None:
        expected_version = int(before.version) if before else 0
    return put_theme(tx, pk, values, expected_version=expected_version, ttl=ttl)
