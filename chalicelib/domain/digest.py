"""HTTP digest credentials as SIP uses them (RFC 8760, RFC 2617 3.2.2.2): only HA1s are ever stored."""

from __future__ import annotations

import hashlib


def ha1_md5(username: str, realm: str, password: str) -> str:
    """32 hexadecimal characters."""
    return hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


def ha1_sha256(username: str, realm: str, password: str) -> str:
    """64 hexadecimal characters."""
    return hashlib.sha256(f"{username}:{realm}:{password}".encode()).hexdigest()
