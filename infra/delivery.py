"""How a CDN has to deliver the consoles: ``consoles/delivery.json``, filled in for a deployment.

The embedded front reads the same file (``local/front/consoles.py``); a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "consoles/delivery.json"
FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
ALWAYS_ASK = "no-cache"


@dataclass(frozen=True, slots=True)
class Delivery:
    """``immutable`` and ``fixed``: paths below which names hold a hash of the content, and below which they don't."""

    entries: tuple[str, ...]
    immutable: str
    fixed: str
    headers: Mapping[str, str]  # of files, and of entries that have none of their own
    entry_headers: Mapping[str, Mapping[str, str]]

    def headers_of(self, entry: str) -> Mapping[str, str]:
        return {**self.headers, **self.entry_headers.get(entry, {})}

    def caching_of(self, path: str) -> str:
        """``path`` begins with a slash."""
        if path.startswith(self.immutable):
            return FOREVER
        return A_DAY if path.startswith(self.fixed) else ALWAYS_ASK


def read_delivery(*, websocket_origins: Sequence[str], files_origin: str = "", file: Path = FILE) -> Delivery:
    """``websocket_origins``: of the SBCs that browser phones use; ``files_origin``: where imports are uploaded to."""
    text = file.read_text().replace("{websocket_origins}", " ".join(sorted(set(websocket_origins))))
    if files_origin:
        text = text.replace("connect-src 'self'", f"connect-src 'self' {files_origin}")
    found = json.loads(text)
    return Delivery(
        tuple(found["entries"]), found["immutable"], found["fixed"], found["headers"], found["entry_headers"]
    )
