"""Which addresses this machine has."""

from __future__ import annotations

import re
from pathlib import Path

# The kernel's routes, of this thread's network. To bind or to connect tells less: with ip_nonlocal_bind every address
# can be bound, and for a second address of a network the kernel prefers the first one as the source.
_ROUTES = Path("/proc/thread-self/net/fib_trie")
_OWN = re.compile(r"\|-- ([0-9.]+)\n +/32 host LOCAL\n")


def is_held(address: str) -> bool:
    """Whether this IPv4 address is one of this machine's own now."""
    return address in _OWN.findall(_ROUTES.read_text(encoding="ascii"))
