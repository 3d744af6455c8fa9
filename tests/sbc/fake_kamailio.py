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
        self.changed = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def add_dialog(self, call_id: str, *, h_entry: int, h_id: int) -> None:
        self.dialogs.append({"h_entry": h_entry, "h_id": h_id, "state": 4, "variables": [{"call_id": call_id}]})

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
                self.asked.append((request["method"], *request["params"]))
                self.changed.notify_all()
            if not self.silent:
                self._answer(request, sender)

    def _answer(self, request: dict[str, Any], sender: str) -> None:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
        if request["method"] == "dlg.list":
            answer["result"] = self.dialogs
        elif request["method"] == "ul.rm":
            answer["error"] = {"code": 404, "message": "AOR not found"}
        else:
            answer["result"] = None
        try:
            self._socket.sendto(json.dumps(answer).encode(), sender)
        except OSError:
            return  # the hook was killed meanwhile
