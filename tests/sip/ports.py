"""Ports nobody uses at the moment."""

from __future__ import annotations

import socket


def free_port(address: str = "127.0.0.1") -> int:
    """Free for UDP and TCP alike, and even: RTP wants that."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind((address, 0))
            port: int = udp.getsockname()[1]
            try:
                tcp.bind((address, port))
            except OSError:
                continue
            if port % 2 == 0 and port < 60000:
                return port
