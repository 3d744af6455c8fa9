"""What a run shows: a line per step, a JSON file, and on failure what the parts say."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local.demo.state import Demo

TAIL_LINES = 15
LOGS = ("hook", "kamailio", "api", "gateway", "rtpengine")


@dataclass(frozen=True, slots=True)
class Result:
    step: int
    title: str
    ok: bool
    seconds: float
    evidence: str


def show(result: Result) -> None:
    mark = "ok" if result.ok else "FAILED"
    _say(f"{result.step:2} {mark:<6} {result.seconds:5.1f} s  {result.title}: {result.evidence}")


def write_report(results: Sequence[Result], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"steps": [asdict(result) for result in results]}, indent=2) + "\n")
    total = sum(result.seconds for result in results)
    passed = sum(result.ok for result in results)
    _say(f"{passed} of {len(results)} steps walked are ok, {total:.1f} s; {path}")


def show_failure(demo: Demo) -> None:
    """The events of the phones, the newest call at the gateway, the ends of the programs' logs."""
    for name, phone in demo.phones.items():
        _say(f"--- phone {name}: events")
        for event in phone.events[-TAIL_LINES:]:
            _say(json.dumps(event))
        _tail(f"phone {name}: log", phone.directory / "log")
    for record in demo.gateway.calls()[-1:]:
        _say(f"--- gateway: the newest call\n{json.dumps(record)}")
    for name in LOGS:
        _tail(name, demo.paths.log / f"{name}.log")


def _tail(title: str, path: Path) -> None:
    if path.exists():
        lines = path.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        _say("\n".join([f"--- {title} ({path})", *lines]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
