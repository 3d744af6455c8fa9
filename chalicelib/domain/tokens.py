"""Opaque high-entropy tokens: links, refresh tokens, node keys."""

from __future__ import annotations

import hashlib


def token_hash(token: str) -> str:
    """How such a token is stored; it has enough entropy that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
