from __future__ import annotations

import socket

from tests.sbc.conftest import World
from tests.sbc.hook_process import phone_invite


def _talk(world: World, data: bytes, *, until: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", world.hook.port), timeout=5) as connection:
        connection.sendall(data)
        received = b""
        while until not in received:
            chunk = connection.recv(65536)
            if not chunk:
                break
            received += chunk
    return received


def _post(path: str, body: bytes) -> bytes:
    return b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (path.encode(), len(body), body)


def test_pipelined_requests_are_answered_in_their_order(module_world: World) -> None:
    import json

    slow = _post("/route", json.dumps(phone_invite("+12092488701")).encode())  # waits for the journal
    fast = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"  # answered at once

    received = _talk(module_world, slow + fast, until=b"404 Not Found")

    assert received.index(b'"action":"ring"') < received.index(b"404 Not Found")


def test_a_body_over_the_limit_is_refused_and_the_connection_closed(module_world: World) -> None:
    received = _talk(module_world, _post("/route", b"x" * 70_000)[:2000], until=b"never")

    assert received.startswith(b"HTTP/1.1 413 ")


def test_what_is_no_http_is_refused(module_world: World) -> None:
    received = _talk(module_world, b"INVITE sip:x SIP/2.0\r\n\r\n", until=b"never")

    assert received.startswith(b"HTTP/1.1 400 ")


def test_malformed_json_unknown_paths_and_wrong_methods_are_told_apart(module_world: World) -> None:
    client = module_world.client

    statuses = [
        client.post("/route", b"{")[0],
        client.post("/route", {"event": "invite"})[0],
        client.post("/route", {"event": "dance"})[0],
        client.post("/events", {"event": "ended"})[0],
        client.post("/nothing", {})[0],
        client.post("/health", {})[0],
    ]

    assert statuses == [400, 400, 400, 400, 404, 405]


def test_metrics_are_prometheus_text(module_world: World) -> None:
    status, body = module_world.hook.get("/metrics")

    lines = body.decode().splitlines()
    assert status == 200
    assert 'hook_parts{kind="tenant"} 2' in lines
    assert all(len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0 for line in lines)
