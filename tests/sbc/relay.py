"""The private network between two nodes, which can be cut: each of them knows the relay's address as its peer's."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Self


class Relay:
    """``first_port`` and ``second_port``: where the first and the second node have their peer. ``cut``: nothing
    passes; ``twice``: everything comes twice. ``passed`` has what did, from the first node."""

    def __init__(self) -> None:
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for each in self._sockets:
            each.bind(("127.0.0.1", 0))
        self.first_port, self.second_port = (each.getsockname()[1] for each in self._sockets)
        self.nodes: list[tuple[str, int]] = []
        self.cut = False
        self.twice = False
        self.passed: list[bytes] = []
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def join(self, first: int, second: int) -> None:
        """The ports on which the nodes listen."""
        self.nodes = [("127.0.0.1", first), ("127.0.0.1", second)]

    def say_to_second(self, datagram: bytes) -> None:
        """As if it came from the first node."""
        self._sockets[1].sendto(datagram, self.nodes[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.send(b".")
        self._thread.join()
        for each in (*self._sockets, self._stop, self._stopped):
            each.close()

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([*self._sockets, self._stopped], [], [])
            if self._stopped in ready:
                return
            for number, receiver in enumerate(self._sockets):
                if receiver in ready:
                    self._pass_on(number, receiver.recv(70_000))

    def _pass_on(self, number: int, datagram: bytes) -> None:
        if self.cut:
            return
        if number == 0:
            self.passed.append(datagram)
        for _ in range(2 if self.twice else 1):
            with contextlib.suppress(OSError):
                self._sockets[1 - number].sendto(datagram, self.nodes[1 - number])
