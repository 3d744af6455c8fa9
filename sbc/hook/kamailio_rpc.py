"""JSON-RPC to Kamailio's jsonrpcs over its unix datagram socket, many requests in flight, matched by id."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
from pathlib import Path
from typing import Any

from chalicelib.domain.fields import FieldError
from sbc.hook.jsonio import dump, load_object

log = logging.getLogger(__name__)

WINDOW = 32  # Kamailio answers one at a time; more would only fill its socket
RECEIVE_BUFFER = 4 * 1024 * 1024
LARGEST_DATAGRAM = 4 * 1024 * 1024


class RpcError(OSError):
    """Kamailio can't be reached or doesn't answer in time."""


class RpcRefusedError(RuntimeError):
    """Kamailio answered with an error; ``code`` is 404 for an unknown key, address or dialog."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code


class KamailioRpc:
    """The own end of the socket has a name in the file system, because Kamailio answers to it."""

    def __init__(self, path: Path, *, own_path: Path, timeout_s: float) -> None:
        self._path = str(path)
        self._own_path = own_path
        self._timeout_s = timeout_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._window = asyncio.Semaphore(WINDOW)
        self._socket: socket.socket | None = None

    async def call(self, method: str, *params: str | int) -> Any:
        """The result. Raises ``RpcError`` or ``RpcRefusedError``."""
        number = next(self._ids)
        request = dump({"jsonrpc": "2.0", "method": method, "params": params, "id": number})
        async with self._window:
            answer = await self._exchange(number, request)
        error = answer.get("error")
        if isinstance(error, dict):
            raise RpcRefusedError(int(error.get("code", 0)), str(error.get("message", "")))
        return answer.get("result")

    def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        self._own_path.unlink(missing_ok=True)

    async def _exchange(self, number: int, request: bytes) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._send(request)
                return await answer
        except (OSError, TimeoutError) as error:
            raise RpcError(f"kamailio: {type(error).__name__} {error}") from error
        finally:
            self._waiting.pop(number, None)

    async def _send(self, request: bytes) -> None:
        sender = self._socket or self._open()
        while True:
            try:
                sender.sendto(request, self._path)
            except BlockingIOError:  # its queue is full: it answers within a millisecond or not at all
                await asyncio.sleep(0.002)
            else:
                return

    def _open(self) -> socket.socket:
        self._own_path.unlink(missing_ok=True)
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        opened.bind(str(self._own_path))
        self._own_path.chmod(0o660)
        asyncio.get_running_loop().add_reader(opened.fileno(), self._receive, opened)
        self._socket = opened
        return opened

    def _receive(self, opened: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._accept(opened.recv(LARGEST_DATAGRAM))

    def _accept(self, datagram: bytes) -> None:
        try:
            answer = load_object(datagram)
        except FieldError as error:
            log.warning("kamailio's answer isn't JSON", extra={"error": str(error)})
            return
        waiting = self._waiting.get(answer.get("id", 0))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
