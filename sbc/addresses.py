"""Which addresses this machine has."""

from __future__ import annotations

import socket

_DISCARD = 9


def is_held(address: str) -> bool:
    """Whether this IPv4 address is one of this machine's own now. Sends nothing: for a destination of its own, and for
    no other, the kernel chooses the destination itself as the source."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, _DISCARD))
        except OSError:
            return False  # there is no way to it at all
        return bool(probe.getsockname()[0] == address)
