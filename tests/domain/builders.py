"""Values for the tests of numbering, with defaults for what a test doesn't speak about."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from chalicelib.domain.dialplan_presets import presets
from chalicelib.domain.parts import DateRange, Dialplan, DialplanRule, Gateway, TimeRule

GOLDEN = Path(__file__).parent.parent / "golden"
EVERY_DAY = frozenset(range(1, 8))


def golden_rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def a_dialplan(*rules: DialplanRule) -> Dialplan:
    return Dialplan(dialplan_id="dp_1", name="Test", country_code="1", rules=rules)


def preset_dialplan(name: str) -> Dialplan:
    return a_dialplan(*presets("en")[name].rules)


def a_rule(match: str, replacement: str = "$1", **fields: Any) -> DialplanRule:
    values = {"name": "Rule", "subs": "", "kind": "number"} | fields
    return DialplanRule(match=match, replacement=replacement, **values)


def a_gateway(**fields: Any) -> Gateway:
    values = {
        "gateway_id": "gw_1", "name": "Gateway", "host": "sip.example.net", "port": 5060, "transport": "udp",
        "display": "", "outbound_strip": 0, "outbound_prefix": "", "inbound_strip": 0, "inbound_prefix": "",
        "source_domain": "", "source_user": "", "apply_to": "e164", "add_pai": False, "codecs": (),
    }  # fmt: skip
    return Gateway(**(values | fields))


def a_time_rule(start: str, end: str, **fields: Any) -> TimeRule:
    """``start`` and ``end`` as ``HH:MM``."""
    values = {"weekdays": EVERY_DAY, "dates": frozenset(), "closed": False}
    return TimeRule(start_minute=_minutes(start), end_minute=_minutes(end), **(values | fields))


def a_date_range(*rules: TimeRule, zone: str = "UTC") -> DateRange:
    return DateRange(date_range_id="dr_1", name="Hours", time_zone=zone, rules=rules)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
