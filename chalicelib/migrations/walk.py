"""All ISPs, one after the other, by their index.

The index is ordered by name. An ISP that is renamed meanwhile might be passed over; so the walk goes round until a
round has changed nothing, which is also the proof that nothing is left to do. ``again_at`` in the place asks for
another round, at that instant (milliseconds).
"""

from __future__ import annotations

from chalicelib.migrations.migration import Place, Step
from chalicelib.storage.isps import page_of_isps


def begin_isp(place: Place) -> Step:
    """To the beginning of the ISP after the one at ``place``: ``{"isp_id", "isp_key", "changed"}``."""
    page = page_of_isps(limit=1, after=place.get("isp_key"))
    if not page.items:
        again_at = place.get("again_at", 0)
        return Step({} if place.get("changed") or again_at else None, not_before=again_at)
    isp = page.items[0]
    key = {"PK": isp.pk, "SK": isp.sk, "GSI1PK": isp.gsi1pk, "GSI1SK": isp.gsi1sk}
    isp_key = {name: {"S": value} for name, value in key.items()}
    return Step({"changed": 0} | place | {"isp_id": isp.id, "isp_key": isp_key}, seen=1)


def end_isp(place: Place) -> Place:
    return {name: place[name] for name in ("isp_key", "changed", "again_at") if name in place}
