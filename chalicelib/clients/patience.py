"""How long a call of an AWS service may take: less, with all that is tried again, than the function that makes it.

The SDK's own patience (60 s to connect, 60 s for an answer, several times) outlasts every function: one whose
connection died while it was frozen would be killed at it, and nobody told why.
"""

from __future__ import annotations

from typing import Any

CONNECT_S = 2
READ_S = 5  # without a byte
TRIES = 3  # with pauses of at most one and two seconds between them


def short_patience(**options: Any) -> Any:
    """A client's configuration; ``options``: more of botocore's ``Config``."""
    from botocore.config import Config

    return Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        **options,
    )
