"""Ports nobody uses at the moment."""

from __future__ import annotations

import itertools
import os
import socket

# Above the ephemeral ports, and each port once: what a process has just released, another may be about to bind. The
# step leaves room for the second port that programs take for RTCP or video without being asked.
_FIRST, _COUNT, _STEP = 61000, 560, 8
_numbers = itertools.count(os.getpid() * 137)


def free_port(address: str = "127.0.0.1") -> int:
    """Free for UDP and TCP alike, and even: RTP wants that."""
    for number in itertools.islice(_numbers, _COUNT):
        port = _FIRST + number % _COUNT * _STEP
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind((address, port))
                tcp.bind((address, port))
            except OSError:
                continue
            return port
    raise OSError("no free port")
