"""Kamailio's registrations, as it writes them to its database."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

SCHEMA = Path("/usr/share/kamailio/db_sqlite")


class LocationDb:
    def __init__(self, path: Path) -> None:
        self.path = path
        with contextlib.closing(sqlite3.connect(path)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            for name in ("standard-create.sql", "usrloc-create.sql"):
                made.executescript((SCHEMA / name).read_text())
        self._connection = sqlite3.connect(path)  # stays open, as Kamailio's are
        self._count = 0

    def register(
        self, user: str, domain: str, *, contact: str = "", received: str | None = None,
        socket: str = "udp:192.0.2.1:5060", user_agent: str | bytes = "Phone/1", left_s: float = 600,
        path: str | None = None, connection: int = -1, registered_at_ms: int = 0,
    ) -> None:  # fmt: skip
        self._count += 1
        shown = user_agent.encode() if isinstance(user_agent, str) else user_agent
        row = (
            f"r{self._count}",
            user,
            domain,
            contact or f"sip:{user}@192.0.2.7:5062",
            received,
            _julian(left_s),
            shown,
            socket,
            path,
            connection,
            _julian_at(registered_at_ms // 1000),
        )
        with self._connection:
            self._connection.execute(
                "INSERT INTO location (ruid, username, domain, contact, received, expires, user_agent, socket, path,"
                " connection_id, last_modified) VALUES (?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?)",
                row,
            )

    def renew(self, user: str, *, left_s: float) -> None:
        with self._connection:
            self._connection.execute("UPDATE location SET expires = ? WHERE username = ?", (_julian(left_s), user))

    def set_path(self, user: str, path: str | None) -> None:
        with self._connection:
            self._connection.execute("UPDATE location SET path = ? WHERE username = ?", (path, user))

    def remove(self, user: str) -> None:
        with self._connection:
            self._connection.execute("DELETE FROM location WHERE username = ?", (user,))

    def close(self) -> None:
        self._connection.close()


def _julian(left_s: float) -> float:
    """So many seconds from now; Kamailio's own have whole ones."""
    return _julian_at(int(time.time() + left_s))


def _julian_at(seconds: float) -> float:
    """As db_sqlite converts instants."""
    return (seconds - 0.5) / 86400 + 2440587.5
