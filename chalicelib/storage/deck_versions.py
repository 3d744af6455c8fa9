"""Which version of a deck was in force at an instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.rate_decks import RateDeckVersion
from chalicelib.storage.service_decks import ServiceDeckVersion

VersionT = TypeVar("VersionT", RateDeckVersion, ServiceDeckVersion)


@dataclass(slots=True)
class DeckHistory(Generic[VersionT]):
    """The versions of a deck, read from ``latest`` back as far as they are asked for."""

    kind: type[VersionT]
    isp_id: str
    deck_id: str
    latest: int
    _known: list[VersionT] = field(default_factory=list)

    def find_at(self, instant: int) -> VersionT | None:
        """The version written last before ``instant``; else the earliest there is: a deck that was made after a call
        began prices it better than none. One read, and one for every version since."""
        for version in self._known:
            if int(version.created_at) <= instant:
                return version
        while self.latest > 0:
            found = database().find(self.kind, keys.deck(self.deck_id, self.latest), keys.META)
            self.latest -= 1
            if found is None or found.isp_id != self.isp_id:
                continue  # the number of an upload that failed
            self._known.append(found)
            if int(found.created_at) <= instant:
                return found
        return self._known[-1] if self._known else None
