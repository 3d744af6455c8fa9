"""Kamailio's JSON-RPC socket: remembers what it was asked and lists the dialogs a test gives it."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any, Self


class FakeKamailio:
    """``silent``: asked, but never answering."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[tuple[str, ...]] = []
        self.dialogs: list[dict[str, Any]] = []
        self.silent = False
        self.uptime_s = 1000
        self.changed = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def add_dialog(self, call_id: str, *, h_entry: int, h_id: int, sip_call_id: str = "c1") -> None:
        variables = [{"media": "webrtc,rtp,"}, {"call": f"{call_id},0,0,0"}]
        self.dialogs.append(
            {
                "h_entry": h_entry,
                "h_id": h_id,
                "call-id": sip_call_id,
                "state": 4,
                "variables": variables,
                "caller": {"tag": "a", "cseq": "2"},
            }
        )

    def wait_until_asked(self, *request: Any, timeout_s: float = 5.0) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: request in self.asked, timeout_s), f"{request} not in {self.asked}"

    def __enter__(self) -> Self:
        self._socket.bind(str(self.path))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", str(self.path))
        self._thread.join()
        self._socket.close()
        self.path.unlink()

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(65536)
            if not data:
                return
            request = json.loads(data)
            with self.changed:
                if request["method"] != "core.uptime":  # a part of each comparison
                    self.asked.append((request["method"], *request["params"]))
                self.changed.notify_all()
            if not self.silent:
                self._answer(request, sender)

    def _answer(self, request: dict[str, Any], sender: str) -> None:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
        if request["method"] == "dlg.briefing":
            shown = ("h_entry", "h_id", "call-id")
            answer["result"] = [{name: dialog[name] for name in shown} for dialog in self.dialogs]
        elif request["method"] == "dlg.dlg_list":
            found = [dialog for dialog in self.dialogs if dialog["call-id"] == request["params"][0]]
            answer["result"] = found[0] if found else {}
        elif request["method"] == "core.uptime":
            answer["result"] = {"uptime": self.uptime_s}
        elif request["method"] == "ul.rm":
            answer["error"] = {"code": 404, "message": "AOR not found"}
        else:
            answer["result"] = None
        try:
            self._socket.sendto(json.dumps(answer).encode(), sender)
        except OSError:
            return  # the hook was killed meanwhile
