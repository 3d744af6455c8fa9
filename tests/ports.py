"""Ports nobody else uses: each test process holds a block of them for as long as it lives."""

from __future__ import annotations

import contextlib
import functools
import itertools
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Above the ephemeral ports, so that no outgoing connection sits on one. The step leaves room for the second port that
# programs take for RTCP or video without being asked.
_FIRST, _BLOCKS, _PORTS_EACH, _STEP = 61000, 10, 56, 8
# Below the systems of tests/local/systems.py
_FIRST_RTP, _RTP_EACH = 10400, 300


@dataclass
class _Block:
    """Held by a name in the abstract namespace of Unix sockets: of this network, and gone with the process."""

    number: int
    holder: socket.socket
    turns: itertools.count[int] = field(default_factory=itertools.count)


def free_port(address: str = "127.0.0.1") -> int:
    """Free for UDP and TCP alike, and even: RTP wants that. A block's ports go round, so that none is given again while
    what had it last may still be ending."""
    block = _own_block()
    for turn in itertools.islice(block.turns, _PORTS_EACH):
        port = _FIRST + (block.number * _PORTS_EACH + turn % _PORTS_EACH) * _STEP
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind((address, port))
                tcp.bind((address, port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


def rtp_ports() -> tuple[int, int]:
    """The first and the last port for the media of one node of this process."""
    first = _FIRST_RTP + _own_block().number * _RTP_EACH
    return first, first + _RTP_EACH - 2


@functools.cache
def _own_block() -> _Block:
    for number in range(_BLOCKS):
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            holder.bind(f"\0patchbay-test-ports-{number}")
        except OSError:
            holder.close()
            continue
        return _Block(number, holder)
    raise OSError(f"{_BLOCKS} test processes hold all ports")


def has_port(process: int, address: str, port: int) -> bool:
    """Whether a socket of the process is bound to it, for UDP or TCP."""
    wanted = f"{socket.inet_aton(address)[::-1].hex().upper()}:{port:04X}"  # as /proc/net has it: in host order
    return bool({link for _, bound, link in _sockets() if bound == wanted} & _open(Path(f"/proc/{process}")))


def users_of(port: int) -> str:
    """Who has it, of all that this user may see: for the story of a failure."""
    found = {link: f"{table} {address}" for table, address, link in _sockets() if address.endswith(f":{port:04X}")}
    users = [
        f"{process.name} {_command(process)}"
        for process in Path("/proc").glob("[0-9]*")
        if found.keys() & _open(process)
    ]
    return f"port {port}: {'; '.join(found.values()) or 'no socket'} of {'; '.join(users) or 'nobody'}"


def _sockets() -> Iterator[tuple[str, str, str]]:
    """Table of /proc/net, address and port in hexadecimal, and how /proc/*/fd calls it."""
    for table in ("udp", "tcp", "udp6", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            yield table, fields[1], f"socket:[{fields[9]}]"


def _open(process: Path) -> set[str]:
    links: set[str] = set()
    with contextlib.suppress(OSError):  # it has ended meanwhile, or isn't ours
        for each in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                links.add(str(each.readlink()))
    return links


def _command(process: Path) -> str:
    with contextlib.suppress(OSError):
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:300]
    return "which has ended"
