"""A host behind a 1:1 NAT, in network namespaces of the process that runs this: prints what got through, as JSON.

world 203.0.113.1 -- provider's NAT, none here: the world speaks to the private addresses -- host 10.0.0.10, .11
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator

from sbc.addresses import is_held
from sbc.node.address_map import apply, held_here
from tests.nodes.inside.network import inside

OWN, PEERS = "198.51.100.7", "198.51.100.8"
PRIVATE, STANDBY = "10.0.0.10", "10.0.0.11"
WORLD = "203.0.113.1"
_PORT = 5060


def build() -> None:
    for command in (
        "mount -t tmpfs none /run",
        "ip link set lo up",
        "ip netns add world",
        "ip link add wire type veth peer name wire netns world",
        f"ip address add {PRIVATE}/24 dev wire",
        f"ip address add {STANDBY}/24 dev wire",
        "ip link set wire up",
        "ip -n world link set lo up",
        f"ip -n world address add {WORLD}/24 dev wire",
        "ip -n world link set wire up",
        "ip -n world route add 10.0.0.0/24 dev wire",
        "ip route add 203.0.113.0/24 dev wire",
    ):
        subprocess.run(command.split(), check=True)


@contextlib.contextmanager
def opened(address: str, *, kind: int = socket.SOCK_DGRAM, port: int = _PORT) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, kind) as found:
        found.settimeout(2)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((address, port))
        yield found


def udp_from_world(public: str, private: str, size: int) -> list[object]:
    """What arrives at the public address, and from where the world hears the answer."""
    with opened(public) as host, inside("world"), opened(WORLD) as world:
        world.sendto(b"?" * size, (private, _PORT))
        content, source = host.recvfrom(65535)
        host.sendto(b"!" * size, source)
        answer, answered_by = world.recvfrom(65535)
    return [len(content), source[0], len(answer), answered_by[0]]


def udp_from_host(public: str) -> list[object]:
    """The host speaks first: whom the world sees, and whether its answer arrives."""
    with opened(public) as host, inside("world"), opened(WORLD) as world:
        host.sendto(b"?", (WORLD, _PORT))
        _, source = world.recvfrom(100)
        world.sendto(b"!", source)
        return [source[0], host.recv(100).decode()]


def tcp_from_world(public: str, private: str) -> list[object]:
    with opened(public, kind=socket.SOCK_STREAM) as listener:
        listener.listen()
        with inside("world"), socket.create_connection((private, _PORT), timeout=2) as client:
            accepted, source = listener.accept()
            with accepted:
                accepted.sendall(b"!" * 100_000)
                return [source[0], client.getpeername()[0], _read(client, 100_000)]


def tcp_from_host(public: str) -> list[object]:
    """To a phone's connection or a carrier: whom the world sees."""
    stream = socket.SOCK_STREAM
    with opened(public, kind=stream, port=0) as client, inside("world"), opened(WORLD, kind=stream) as listener:
        listener.listen()
        client.connect((WORLD, _PORT))
        accepted, source = listener.accept()
        with accepted:
            accepted.sendall(b"!" * 100_000)
            return [source[0], _read(client, 100_000)]


def _read(source: socket.socket, wanted: int) -> int:
    got = 0
    while got < wanted and (part := source.recv(65536)):
        got += len(part)
    return got


def to_itself(public: str) -> str:
    with opened(public) as host, opened(public, port=0) as local:
        local.sendto(b"?", (public, _PORT))
        _, source = host.recvfrom(100)
        host.sendto(b"!", source)
        return str(local.recvfrom(100)[1][0])


def main() -> None:
    build()
    found: dict[str, object] = {}
    apply({OWN: PRIVATE})
    found["held"] = [is_held(OWN), is_held(PEERS), sorted(held_here())]
    found["own"] = udp_from_world(OWN, PRIVATE, 100)
    found["large"] = udp_from_world(OWN, PRIVATE, 6000)
    found["first"] = udp_from_host(OWN)
    found["tcp in"] = tcp_from_world(OWN, PRIVATE)
    found["tcp out"] = tcp_from_host(OWN)
    found["itself"] = to_itself(OWN)
    apply({OWN: PRIVATE, PEERS: STANDBY})
    found["taken"] = [is_held(PEERS), udp_from_world(PEERS, STANDBY, 100), udp_from_world(OWN, PRIVATE, 100)]
    apply({OWN: PRIVATE})
    found["given back"] = [is_held(PEERS), sorted(held_here()), udp_from_world(OWN, PRIVATE, 100)]
    apply({})
    found["none"] = [is_held(OWN), sorted(held_here())]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
