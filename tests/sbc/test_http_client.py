from __future__ import annotations

import asyncio

from sbc.hook.http_client import HttpClient

_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
_NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
_LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"


def _ask(*answers: bytes) -> tuple[list[bytes], int]:
    """The bodies that a client got for one request after the other, and over how many connections."""

    async def main() -> tuple[list[bytes], int]:
        connections: list[asyncio.StreamWriter] = []
        waiting = list(answers)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(writer)
            while await reader.read(65536):
                writer.write(waiting.pop(0))

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            client = HttpClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", headers={}, timeout_s=10)
            bodies = [(await client.request("GET", "/")).body for _ in answers]
            await client.close()
            for connection in connections:
                connection.close()
        return bodies, len(connections)

    return asyncio.run(main())


def test_one_connection_is_kept_for_all_requests_however_long_an_answer_says_it_is() -> None:
    assert _ask(_LENGTH, _LENGTH, _CHUNKED, _NO_CONTENT, _LENGTH) == ([b"{}", b"{}", b"{}", b"", b"{}"], 1)


def test_a_server_that_closes_gets_a_new_connection_for_the_next_request() -> None:
    assert _ask(_LAST, _LENGTH, _LENGTH) == ([b"{}", b"{}", b"{}"], 2)
