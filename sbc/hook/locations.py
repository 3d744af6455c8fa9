"""The registrations of this node, read from the database that Kamailio writes each of them to (usrloc, db_mode 1).

That is cheaper than asking Kamailio: its ``ul.dump`` lists every tenant's, in one datagram, and ``ul.lookup`` takes a
question a subscriber. Readers don't disturb the writer (write-ahead log).
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sbc.addresses import is_held

_UNIX_EPOCH = 2440587.5  # as a Julian day, in which db_sqlite keeps time, half a second early
_QUERY = """
SELECT domain, username, contact, received, socket, user_agent, expires, path, connection_id FROM location
WHERE domain IN ({}) ORDER BY username, id
"""
# Only those that other nodes know of, too, have to be looked at one by one.
_COUNT = "SELECT count(*) FROM location WHERE expires > ? AND coalesce(path, '') NOT LIKE '%;at=%'"
_SHARED = """
SELECT domain, username, contact, received, socket, user_agent, expires, path, connection_id FROM location
WHERE expires > ? AND path LIKE '%;at=%'
"""
# What this node registered itself: the last node to do so stands in the Path.
_REGISTERED = """
SELECT last_modified, ruid, username, domain, contact, received, path, callid, user_agent, instance, expires, cseq,
  flags, cflags, q, methods, reg_id
FROM location WHERE expires > ? AND path LIKE ? AND (last_modified, ruid) > (?, ?) AND last_modified <= ?
ORDER BY last_modified, ruid LIMIT ?
"""
_UPDATE = 1  # dmq_usrloc's actions
_ALL_METHODS = 0xFFFFFFFF
_URI = re.compile(r"sips?:(?:[^@]*@)?(\[[^\]]*\](?::\d+)?|[^;>?]+)", re.IGNORECASE)
_TRANSPORT = re.compile(r";transport=(\w+)", re.IGNORECASE)
_TRANSPORTS = frozenset({"udp", "tcp", "tls", "ws", "wss"})
_AT = re.compile(r";at=([0-9.]+)")  # sbc/kamailio/routes/peers.cfg
_NO_USER_AGENT = "n/a"

#: Changes with every write: of the file and of its log, which inode, when and how long.
Signature = tuple[tuple[int, int, int], ...]


class LocationsError(OSError):
    """The database can't be read now."""


@dataclass(frozen=True, slots=True)
class Contact:
    """``address``: host:port that the phone's packets come from."""

    username: str
    transport: str
    address: str
    user_agent: str
    expires_at: int  # milliseconds


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Between contacts in the order in which they were registered."""

    modified: float  # Julian day
    ruid: str = ""

    @classmethod
    def at(cls, at_ms: int) -> Position:
        return cls(_julian(at_ms))


@dataclass(frozen=True, slots=True)
class Registered:
    """``told``: the contact as dmq_usrloc tells it."""

    position: Position
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Locations:
    """``held``: whether a service address is here, where the nodes of an SBC share their registrations."""

    path: Path
    held: Callable[[str], bool] = is_held

    @property
    def _uri(self) -> str:
        return f"{self.path.resolve().as_uri()}?mode=ro"

    def signature(self) -> Signature:
        """Equal to an earlier one when nothing was written since. Raises ``LocationsError``."""
        try:
            return tuple(_stamp(path) for path in (self.path, self.path.with_name(self.path.name + "-wal")))
        except OSError as error:
            raise LocationsError(str(error)) from error

    def read(self, domains: Iterable[str]) -> dict[str, list[Contact]]:
        """Contacts by domain that this node reaches, those that have expired among them. Raises ``LocationsError``."""
        wanted = sorted(domains)
        found: dict[str, list[Contact]] = {domain: [] for domain in wanted}
        query = _QUERY.format(",".join("?" * len(wanted)))
        try:
            # opened each time: Kamailio's start may put a new file in the place of a damaged one
            with contextlib.closing(sqlite3.connect(self._uri, uri=True, timeout=1)) as opened:
                opened.text_factory = _text  # a User-Agent may be any bytes
                for row in opened.execute(query, wanted):
                    contact = _contact(row)
                    if self._is_here(contact, path=row[7] or "", connection=row[8]):
                        found[row[0]].append(contact)
        except sqlite3.Error as error:
            raise LocationsError(str(error)) from error
        return found

    def _is_here(self, contact: Contact, *, path: str, connection: int | None) -> bool:
        """Each contact is known to all nodes; it belongs to the one that has the address it registered at, with its
        connection if it has one."""
        at = _AT.search(path)
        if at is None:
            return True
        return self.held(at[1]) and (contact.transport == "udp" or (connection is not None and connection >= 0))

    def count(self, now_ms: int) -> int:
        """Registrations of all tenants that this node reaches and that haven't expired. Raises ``LocationsError``."""
        now = _julian(now_ms)
        try:
            with contextlib.closing(sqlite3.connect(self._uri, uri=True, timeout=1)) as opened:
                opened.text_factory = _text
                alone = int(opened.execute(_COUNT, (now,)).fetchone()[0])
                shared = opened.execute(_SHARED, (now,))
                return alone + sum(self._is_here(_contact(row), path=row[7], connection=row[8]) for row in shared)
        except sqlite3.Error as error:
            raise LocationsError(str(error)) from error

    def registered(self, via: str, *, after: Position, until_ms: int, most: int, now_ms: int) -> list[Registered]:
        """Contacts that the node with this private address was the last to register, and that haven't expired, oldest
        first. Raises ``LocationsError``."""
        wanted = (_julian(now_ms), f"%;via={via};%", after.modified, after.ruid, _julian(until_ms), most)
        try:
            with contextlib.closing(sqlite3.connect(self._uri, uri=True, timeout=1)) as opened:
                opened.text_factory = _text
                return [_registered(*row) for row in opened.execute(_REGISTERED, wanted)]
        except sqlite3.Error as error:
            raise LocationsError(str(error)) from error


def _registered(modified: float, ruid: str, username: str, domain: str, *row: Any) -> Registered:
    contact, received, path, callid, user_agent, instance, expires, cseq, flags, cflags, q, methods, reg_id = row
    told = {
        "action": _UPDATE, "aor": f"{username}@{domain}", "ruid": ruid, "c": contact, "received": received or "",
        "path": path, "callid": callid, "user_agent": user_agent, "instance": instance or "",
        "expires": _seconds(expires), "cseq": cseq, "flags": flags, "cflags": cflags,
        "q": round(q * 1000) if q >= 0 else -1, "last_modified": _seconds(modified),
        "methods": _ALL_METHODS if methods is None else methods, "reg_id": reg_id,
    }  # fmt: skip
    return Registered(Position(modified, ruid), told)


def _julian(at_ms: int) -> float:
    return at_ms / 86_400_000 + _UNIX_EPOCH


def _seconds(julian: float) -> int:
    return round((julian - _UNIX_EPOCH) * 86400 + 0.5)  # as a number it is a little more or less than whole


def _contact(row: tuple[Any, ...]) -> Contact:
    _, username, contact, received, socket, user_agent, expires, *_ = row
    return Contact(
        username=username.lower(),
        transport=_transport(contact, received or "", socket or ""),
        address=_address(received or contact),
        user_agent="" if user_agent == _NO_USER_AGENT else user_agent,
        expires_at=_seconds(expires) * 1000,
    )


def _transport(contact: str, received: str, socket: str) -> str:
    """What the connection says before what the phone says; a socket's name calls a WebSocket tcp or tls."""
    named = _TRANSPORT.search(received) or _TRANSPORT.search(contact)
    found = named[1].lower() if named else socket.partition(":")[0].lower()
    return found if found in _TRANSPORTS else "udp"


def _address(uri: str) -> str:
    found = _URI.search(uri)
    return found[1] if found else ""


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
