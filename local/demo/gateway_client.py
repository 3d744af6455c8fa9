"""The test gateway's HTTP control (``local/gateway/control.py``): its log is the ground truth of what left the SBC."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from local.demo.waiting import wait_for

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GatewayClient:
    url: str

    def calls(self, **equal: str) -> list[Record]:
        """The oldest first; only those whose fields are as given."""
        found = self._request("GET", "/calls")["calls"]
        return [record for record in found if all(record[name] == value for name, value in equal.items())]

    def get(self, call_id: str) -> Record:
        return self._request("GET", f"/calls/{call_id}")

    def place(self, *, to: str, calling: str, tone_hz: int, seconds: float) -> str:
        order = {"to": to, "from": calling, "tone_hz": tone_hz, "seconds": seconds}
        return str(self._request("POST", "/calls", order)["id"])

    def wait_until_ended(self, call_id: str, *, limit_s: float) -> Record:
        wait_for(lambda: self.get(call_id)["state"] == "ended", what="the gateway's call ends", limit_s=limit_s)
        return self.get(call_id)

    def _request(self, method: str, path: str, body: Record | None = None) -> Record:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            found: Record = json.loads(response.read())
            return found


def longest_tone(record: Record) -> Record:
    """Of what the gateway heard in a call; zeros when it heard none."""
    tones: list[Record] = record["heard"]["tones"]
    return max(tones, key=lambda tone: float(tone["seconds"]), default={"hz": 0.0, "seconds": 0.0})
