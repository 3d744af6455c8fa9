"""The network of these tests, in namespaces of the processes that run them: nothing of the machine itself is touched,
and all of it goes with the last process.

    internet 10.77.0.0/24: the cloud and callers .1, the NAT .9, nodes "a" .11, "b" .12, "c" .13 (the addresses that
                           move; beside them, each node has one that stays, .21 to .23)
    private  10.99.0.0/24: the cloud .1, the nodes .11 to .13
    home     192.168.77.0/24 behind the NAT: a phone .2
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

CALLER = "10.77.0.1"
CLOUD = "10.99.0.1"
PHONE = "192.168.77.2"
SERVICE = {"a": "10.77.0.11", "b": "10.77.0.12", "c": "10.77.0.13"}
PRIVATE = {"a": "10.99.0.11", "b": "10.99.0.12", "c": "10.99.0.13"}
NAT_TIMEOUT_S = 30

_OWN = {"a": "10.77.0.21", "b": "10.77.0.22", "c": "10.77.0.23"}

_NETNS = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
# A symmetric NAT that lets in nothing but answers: the port outside is another, and only who was spoken to is heard.
_NAT = """
table ip home {
 chain out {
  type nat hook postrouting priority 100;
  oifname "internet" masquerade random
 }
 chain through {
  type filter hook forward priority 0; policy drop;
  ct state established,related accept
  iifname "home" accept
 }
}
"""
_DEAF = """
table ip deaf {{
 chain in {{
  type filter hook input priority 0;
  ip saddr {{ {} }} drop
 }}
}}
"""


def build() -> None:
    """Once, in fresh network and mount namespaces."""
    _run("mount", "-t", "tmpfs", "none", "/run")
    _run("ip", "link", "set", "lo", "up")
    _bridge("internet", f"{CALLER}/24")
    _bridge("private", f"{CLOUD}/24")
    for name in (*SERVICE, "nat", "home"):
        _run("ip", "netns", "add", name)
        _ip(name, "link", "set", "lo", "up")
    for name, address in SERVICE.items():
        _connect(name, "internet", f"{_OWN[name]}/24")
        _ip(name, "address", "add", f"{address}/32", "dev", "internet")
        _connect(name, "private", f"{PRIVATE[name]}/24")
        _sysctl(name, "net.ipv4.ip_nonlocal_bind=1")
    _connect("nat", "internet", "10.77.0.9/24")
    _run("ip", "link", "add", "home", "netns", "nat", "type", "veth", "peer", "name", "lan", "netns", "home")
    _address("nat", "home", "192.168.77.1/24")
    _address("home", "lan", f"{PHONE}/24")
    _ip("home", "route", "add", "default", "via", "192.168.77.1")
    _sysctl("nat", "net.ipv4.ip_forward=1")
    for name in ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"):
        _sysctl("nat", f"net.netfilter.{name}={NAT_TIMEOUT_S}")
    _in("nat", "nft", "-f", "-", given=_NAT)


@contextlib.contextmanager
def inside(name: str) -> Iterator[None]:
    """Sockets and processes that this thread makes belong to the namespace; they stay there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _enter(_NETNS / name)
        yield
    finally:
        _setns(home)
        os.close(home)


def take_address(name: str, address: str) -> None:
    """The node has the address from now on, and says so to the internet (gratuitous ARP, RFC 5227 3)."""
    _ip(name, "address", "add", f"{address}/32", "dev", "internet")
    with inside(name):
        announce(address, "internet")


def give_address_up(name: str, address: str) -> None:
    _ip(name, "address", "del", f"{address}/32", "dev", "internet")


@contextlib.contextmanager
def without_cloud(name: str) -> Iterator[None]:
    """The node's way to the API is gone."""
    _ip(name, "route", "add", "blackhole", f"{CLOUD}/32")
    try:
        yield
    finally:
        _ip(name, "route", "del", "blackhole", f"{CLOUD}/32")


@contextlib.contextmanager
def split(name: str, others: Sequence[str]) -> Iterator[None]:
    """The node and the others can't hear each other; each has the internet and the API."""
    for here, unheard in ((name, list(others)), *((other, [name]) for other in others)):
        _in(here, "nft", "-f", "-", given=_DEAF.format(", ".join(PRIVATE[each] for each in unheard)))
    try:
        yield
    finally:
        for here in (name, *others):
            _in(here, "nft", "delete", "table", "ip", "deaf")


def cut_off(name: str) -> None:
    """The machine is gone: neither the internet nor its peer hears of it."""
    for device in ("internet", "private"):
        _ip(name, "link", "set", device, "down")


def switch_on(name: str, *, service: bool) -> None:
    """The machine is back; ``service``: with its own service address."""
    _ip(name, "address", "flush", "dev", "internet")
    _ip(name, "address", "add", f"{_OWN[name]}/24", "dev", "internet")
    if service:
        _ip(name, "address", "add", f"{SERVICE[name]}/32", "dev", "internet")
    for device in ("internet", "private"):
        _ip(name, "link", "set", device, "up")
    if service:
        with inside(name):
            announce(SERVICE[name], "internet")


def announce(address: str, device: str) -> None:
    with _packets(device) as opened:
        own = opened.getsockname()[4]
        here = bytes(int(part) for part in address.split("."))
        for operation, target in ((1, bytes(6)), (2, b"\xff" * 6)):
            head = b"\x00\x01\x08\x00\x06\x04" + operation.to_bytes(2, "big")
            opened.send(b"\xff" * 6 + own + b"\x08\x06" + head + own + here + target + here)


@contextlib.contextmanager
def _packets(device: str) -> Iterator[object]:
    import socket

    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as opened:
        opened.bind((device, 0x0806))
        yield opened


def _bridge(name: str, address: str) -> None:
    _run("ip", "link", "add", name, "type", "bridge")
    _run("ip", "address", "add", address, "dev", name)
    _run("ip", "link", "set", name, "up")


def _connect(name: str, bridge: str, address: str) -> None:
    port = f"{bridge[:4]}-{name}"
    _run("ip", "link", "add", port, "type", "veth", "peer", "name", bridge, "netns", name)
    _run("ip", "link", "set", port, "master", bridge, "up")
    _address(name, bridge, address)


def _address(name: str, device: str, address: str) -> None:
    _ip(name, "address", "add", address, "dev", device)
    _ip(name, "link", "set", device, "up")


def _ip(name: str, *arguments: str) -> None:
    _run("ip", "-n", name, *arguments)


def _sysctl(name: str, setting: str) -> None:
    variable, value = setting.split("=")
    with inside(name):
        Path("/proc/sys", *variable.split(".")).write_text(value)


def _in(name: str, *command: str, given: str = "") -> None:
    _run("nsenter", f"--net={_NETNS / name}", *command, given=given)


def _run(*command: str, given: str = "") -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def _enter(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        _setns(handle)
    finally:
        os.close(handle)


def _setns(handle: int) -> None:
    if _libc.setns(handle, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
