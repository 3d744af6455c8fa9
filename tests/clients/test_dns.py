"""Both adapters of the DNS keep the same contract: the resolver against a name server of the test's own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest

from chalicelib.clients.dns import Dns, FileDns, ResolverDns
from chalicelib.domain.errors import PatchbayError

RECORDS = {"_patchbay.a.example": ["v=spf1 -all", "x" * 300]}


def _answer(request: bytes) -> bytes:
    query = dns.message.from_wire(request)
    answer = dns.message.make_response(query)
    name = query.question[0].name.to_text().rstrip(".").lower()
    if name == "broken.example":
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif name in RECORDS:
        for text in RECORDS[name]:
            chunks = " ".join(f'"{text[i : i + 255]}"' for i in range(0, len(text), 255))
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", chunks))
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


@pytest.fixture
def name_server() -> Iterator[int]:
    """The port of a name server that knows ``RECORDS``."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            request, client = server.recvfrom(4096)
            if not request:
                return
            server.sendto(_answer(request), client)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", server.getsockname())
    thread.join()
    server.close()


@pytest.fixture(params=["file", "resolver"])
def adapter(request: pytest.FixtureRequest, tmp_path: Path, name_server: int) -> Dns:
    if request.param == "resolver":
        return ResolverDns(nameservers=("127.0.0.1",), port=name_server)
    (tmp_path / "dns.json").write_text(json.dumps(RECORDS))
    return FileDns(str(tmp_path / "dns.json"))


def test_every_text_of_a_name_is_found_in_one_piece(adapter: Dns) -> None:
    assert sorted(adapter.find_txt("_patchbay.A.example")) == sorted(RECORDS["_patchbay.a.example"])


def test_a_name_without_records_has_none(adapter: Dns) -> None:
    assert adapter.find_txt("nothing.example") == []


def test_a_broken_dns_is_told_apart_from_a_missing_record(name_server: int) -> None:
    resolver = ResolverDns(nameservers=("127.0.0.1",), port=name_server)

    with pytest.raises(PatchbayError, match="didn't answer"):
        resolver.find_txt("broken.example")
