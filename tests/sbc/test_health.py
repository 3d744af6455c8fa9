from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sbc.node.health import Check, RtpengineCheck, SipCheck


@contextmanager
def a_part(answer: Callable[[bytes], bytes], *, loses: int) -> Iterator[int]:
    """Its port. It loses so many requests, answers the next, and then ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def serve() -> None:
            for _ in range(loses):
                server.recv(65535)
            request, source = server.recvfrom(65535)
            server.sendto(answer(request), source)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join()


def sip(port: int) -> Check:
    return SipCheck("127.0.0.1", port)


def rtpengine(port: int) -> Check:
    return RtpengineCheck("127.0.0.1", port)


def pong(request: bytes) -> bytes:
    return request.split(b" ", 1)[0] + b" d6:result4:ponge"


@pytest.mark.parametrize(("check", "answer"), [(sip, lambda _: b"SIP/2.0 200 OK\r\n\r\n"), (rtpengine, pong)])
def test_a_part_is_well_although_a_packet_was_lost(
    check: Callable[[int], Check], answer: Callable[[bytes], bytes]
) -> None:
    with a_part(answer, loses=2) as port:
        assert check(port)()


@pytest.mark.parametrize("check", [sip, rtpengine])
def test_a_part_that_answers_something_else_is_not(check: Callable[[int], Check]) -> None:
    with a_part(lambda _: b"hello", loses=0) as port:
        assert not check(port)()


@pytest.mark.parametrize("check", [sip, rtpengine])
def test_a_part_that_isnt_there_or_says_nothing_is_not(check: Callable[[int], Check]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]

        assert not check(port)()
    assert not check(port)()
