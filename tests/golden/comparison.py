"""What a later release's answer has lost or changed of an earlier one's. It may say more; never less or otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Sentences for people may be put better by a later release; that they say something is enough.
SENTENCES = frozenset({"text", "sentence", "advice", "summary", "about", "reason", "explanation"})
# What depends on when it is asked: sealed anew, open at that hour, reachable at that moment, a link that expires
UNLIKE = frozenset({"next_cursor", "cursor", "open_now", "next_change_at", "reach", "result_url", "result_expires_at"})
GROWS = frozenset({"changes"})  # a feed, to which asking for live state adds


def lost(before: Any, after: Any, *, where: str = "", sentences: frozenset[str] = SENTENCES) -> Iterator[str]:
    """A line for each difference."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name not in after:
                yield f"{where}/{name} is gone, was {value!r}"
            elif name in UNLIKE or (name in sentences and bool(value) == bool(after[name])):
                continue
            elif name in GROWS:
                yield from lost(value, after[name][: len(value)], where=f"{where}/{name}", sentences=sentences)
            else:
                yield from lost(value, after[name], where=f"{where}/{name}", sentences=sentences)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{where} has {len(after)} instead of {len(before)}: {before!r} -> {after!r}"
            return
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from lost(old, new, where=f"{where}/{place}", sentences=sentences)
    elif before != after:
        yield f"{where} is {after!r}, was {before!r}"
