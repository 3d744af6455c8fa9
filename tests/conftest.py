"""Fixtures shared by all tests: the embedded database in memory, and the API on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ports import free_port

if TYPE_CHECKING:
    from tests.api_client import ApiClient

ROOT = Path(__file__).parent.parent
DYNOXIDE = ROOT / "local/node/node_modules/@dynoxide/linux-x64/dynoxide"


@pytest.fixture(scope="module", autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """A server's thread that outlives its closed socket polls the bare number of it for ever, and with that whatever
    socket gets the number next, which then stays bound although it was closed: other tests find their ports taken."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 40  # a test phone's may wait for a transaction to end (RFC 3261 17.1.1.2: 32 s)
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=max(0.0, deadline - time.monotonic()))
    left = [each for each in threading.enumerate() if each not in before]
    assert not left, "threads are left:\n" + "\n".join(f"{each.name}\n{_stack_of(each)}" for each in left)


def _stack_of(thread: threading.Thread) -> str:
    return "".join(traceback.format_stack(sys._current_frames().get(thread.ident or 0)))


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a Dynoxide of this test session's own, with the table made; settings point to it."""
    port = free_port()
    process = subprocess.Popen(
        [DYNOXIDE, "serve", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    directory = tmp_path_factory.mktemp("patchbay")
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "PATCHBAY_DYNAMODB_ENDPOINT": f"http://127.0.0.1:{port}",
        "PATCHBAY_SECRETS_DIR": str(directory / "secrets"),
        "PATCHBAY_MAIL_DIR": str(directory / "mail"),
        "PATCHBAY_FILES_DIR": str(directory / "files"),
        "PATCHBAY_QUEUE_DIR": str(directory / "queue"),
        "PATCHBAY_DNS_ADAPTER": "file",
        "PATCHBAY_DNS_FILE": str(directory / "dns.json"),
        "PATCHBAY_ALLOW_PRIVATE_GATEWAYS": "true",
        "PATCHBAY_EXPOSE_DB_COST": "true",
        "PATCHBAY_UNIFORM_ANSWER_MS": "0",
    }
    try:
        _make_table(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _make_table(port: int) -> None:
    from chalicelib.storage.database import database
    from chalicelib.storage.schema import create_table

    deadline = 100
    while deadline:  # connect() itself waits for the server's answer; refused means it isn't up yet
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.1).close()
            break
        except OSError:
            deadline -= 1
            select_nothing()
    create_table(database().client, database().table_name)


def select_nothing() -> None:
    """Give the other process 50 ms of the core."""
    import select

    select.select([], [], [], 0.05)


@pytest.fixture
def api(dynamodb: str) -> ApiClient:
    """From a source address of its own: failed logins of one test don't lock out another."""
    from tests.api_client import ApiClient

    return ApiClient(source_ip=f"10.{'.'.join(str(byte) for byte in os.urandom(3))}")
