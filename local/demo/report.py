"""What a run shows: a line per step, a JSON file, and on failure what the parts say."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError

from local.demo.api import ApiError
from local.demo.state import EXTERNAL, Demo

TAIL_LINES = 15
SIP_LINES = 120
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


def show_what_next(demo: Demo, *, runs_on: bool) -> None:
    """For somebody who wants to hear it: what Alice heard, and while the system runs her account for a softphone."""
    _say(f"Hear what Alice heard: {demo.recordings / 'alice-hears-the-gateway.wav'}")
    if not runs_on:
        return
    alice = demo.people["alice"]
    _say(
        "Or call yourself, with any SIP softphone on this machine:\n"
        f"  user {alice.username}   password {alice.softphone_password}   domain {demo.domain}\n"
        f"  outbound proxy {demo.sbc_address}, UDP or TCP\n"
        f"then dial {EXTERNAL} and listen."
    )


def show_failure(demo: Demo) -> None:
    """The phones' events and SIP messages, what was decided about the newest call, the ends of the programs' logs."""
    for name, phone in demo.phones.items():
        _say(f"--- phone {name}: events")
        for event in phone.events[-TAIL_LINES:]:
            _say(json.dumps(event))
        _tail(f"phone {name}: SIP messages", phone.directory / "log", lines=SIP_LINES)
    _show_decisions(demo)
    for record in demo.gateway.calls()[-1:]:
        _say(f"--- gateway: the newest call\n{json.dumps(record)}")
    for name in LOGS:
        _tail(name, demo.paths.log / f"{name}.log")


def _show_decisions(demo: Demo) -> None:
    if not demo.tenant_id:
        return
    try:
        for call in demo.isp.get("/calls", tenant_id=demo.tenant_id, limit="1")["items"]:
            steps = demo.isp.get(f"/calls/{call['call_id']}")["steps"]
            lines = [f"--- the newest call: {json.dumps(call)}", *(step["text"] for step in steps)]
            _say("\n".join(lines))
    except (ApiError, URLError) as error:
        _say(f"--- the newest call can't be told: {error}")


def _tail(title: str, path: Path, *, lines: int = TAIL_LINES) -> None:
    if path.exists():
        _say("\n".join([f"--- {title} ({path})", *path.read_text(errors="replace").splitlines()[-lines:]]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
