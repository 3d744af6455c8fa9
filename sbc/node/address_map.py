"""Gives the machine the public addresses that the provider maps to its private ones.

Behind a 1:1 NAT such as EC2's Elastic IPs, a packet for a public address arrives at a private one. Here it is changed
back, both ways and whatever its protocol: the node listens and answers at the addresses that phones know, and so does a
peer that takes one over. Packet by packet, without connection tracking: a flood of strangers fills no table.
"""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Mapping

TABLE = "patchbay_addresses"


class AddressMapError(OSError):
    """The kernel didn't take it; the message says why."""


def nft_script(mapped: Mapping[str, str]) -> str:
    """For ``nft -f -``, in one transaction; ``mapped``: private address by public one."""
    pairs = [(ipaddress.IPv4Address(public), ipaddress.IPv4Address(private)) for public, private in mapped.items()]
    script = f"table ip {TABLE}\ndelete table ip {TABLE}\n"
    if not pairs:
        return script
    arriving = ", ".join(f"{private} : {public}" for public, private in pairs)
    leaving = ", ".join(f"{public} : {private}" for public, private in pairs)
    return script + (
        f"table ip {TABLE} {{\n"
        " chain arriving {\n"
        "  type filter hook prerouting priority raw; policy accept;\n"
        f'  iifname != "lo" ip daddr set ip daddr map {{ {arriving} }} notrack\n'
        " }\n"
        " chain leaving {\n"
        "  type filter hook output priority raw; policy accept;\n"
        f'  oifname != "lo" ip saddr set ip saddr map {{ {leaving} }} notrack\n'
        " }\n"
        "}\n"
    )


def apply(mapped: Mapping[str, str]) -> None:
    """The machine has these public addresses, and none that it had from here before. Raises AddressMapError."""
    _run(["nft", "-f", "-"], given=nft_script(mapped))
    held = held_here()
    for public in sorted(set(mapped) - held):
        _run(["ip", "address", "add", f"{public}/32", "dev", "lo", "label", "lo:sbc"])
    for public in sorted(held - set(mapped)):
        _run(["ip", "address", "del", f"{public}/32", "dev", "lo"])


def held_here() -> set[str]:
    """Public addresses that ``apply`` has given to the machine."""
    shown = json.loads(_run(["ip", "-j", "address", "show", "dev", "lo"]))
    return {
        str(found["local"])
        for device in shown
        for found in device.get("addr_info", [])
        if found.get("label") == "lo:sbc"
    }


def _run(command: list[str], *, given: str = "") -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise AddressMapError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
