"""``python -m sbc.hook.enrol --api URL --key-file FILE --into DIRECTORY``: this machine becomes a node of an SBC.

Run at every boot, before the hook: with ``enrolment.json`` in the directory it does nothing. Otherwise the one-time key
in the file is exchanged for what the node needs (docs/interfaces.md, "Enrolment"): ``node.key`` and ``seal.key``, which
only their owner can read, and last ``enrolment.json``. The node key is made here and written before it is sent, so that
a run that died, or whose answer got lost, is simply repeated. Exit status: 0 enrolled, 1 refused or out of reach, 2
wrong arguments.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain import fields
from sbc.files import replace_secret
from sbc.hook.http_client import HttpAnswer, HttpClient, HttpError
from sbc.hook.jsonio import dump, load_object

TIMEOUT_S = 30.0
PAUSE_S = 3.0
PATIENCE_S = 300.0
KEY_BYTES = 32
FACTS = ("sbc_name", "address", "websocket_url", "public_url", "platform_domain", "stage")


class EnrolError(RuntimeError):
    """The machine isn't enrolled; the message says why."""


@dataclass(frozen=True, slots=True)
class Places:
    directory: Path

    @property
    def node_key(self) -> Path:
        return self.directory / "node.key"

    @property
    def seal_key(self) -> Path:
        return self.directory / "seal.key"

    @property
    def enrolment(self) -> Path:
        return self.directory / "enrolment.json"


async def enrol(
    api_url: str,
    key: str,
    places: Places,
    *,
    queue: bool = True,
    patience_s: float = PATIENCE_S,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Whether there was anything to do. ``queue``: this machine can sign requests to AWS, and so wait at a queue. An
    API out of reach is tried for ``patience_s``: at boot, the network may not be up yet. Raises ``EnrolError``."""
    if places.enrolment.exists():
        return False
    places.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    node_key = _own_key(places.node_key)
    client = HttpClient(api_url, headers={"Content-Type": "application/json"}, timeout_s=TIMEOUT_S)
    deadline = clock() + patience_s
    try:
        asked = {"key": key, "node_key": node_key, "queue": queue}
        answer = await _ask(client, asked, deadline=deadline, pause=pause, clock=clock)
    finally:
        await client.close()
    _write(places, api_url, _read(answer))
    return True


def _own_key(path: Path) -> str:
    if not path.exists():
        # synced before it is sent: the one-time key belongs to this node key from then on
        replace_secret(path, secrets.token_urlsafe(KEY_BYTES).encode() + b"\n")
    return path.read_text().strip()


async def _ask(
    client: HttpClient,
    asked: dict[str, Any],
    *,
    deadline: float,
    pause: Callable[[float], Awaitable[None]],
    clock: Callable[[], float],
) -> HttpAnswer:
    while True:
        try:
            answer = await client.request("POST", "/v1/sbc/enrol", body=dump(asked))
        except HttpError as error:
            failure = str(error)
        else:
            if answer.status == 201:
                return answer
            failure = f"status {answer.status}: {_problem_of(answer)}"
            if answer.status < 500 and answer.status != 429:
                raise EnrolError(failure)
        if clock() >= deadline:
            raise EnrolError(failure)
        sys.stderr.write(f"not enrolled yet: {failure}\n")
        await pause(PAUSE_S)


def _problem_of(answer: HttpAnswer) -> str:
    try:
        problem = load_object(answer.decoded())
        return f"{fields.text(problem, 'code')}, {fields.text(problem, 'title')}"
    except (fields.FieldError, HttpError):
        return "not an answer of the API; is the address right?"


def _read(answer: HttpAnswer) -> fields.JsonObject:
    try:
        body = load_object(answer.decoded())
        for name in ("sbc_id", "node", "seal_key", "queue_url", "queue_region", *FACTS):
            fields.text(body, name)
    except (fields.FieldError, HttpError) as error:
        raise EnrolError(f"the API's answer can't be read: {error}") from error
    return body


def _write(places: Places, api_url: str, answer: fields.JsonObject) -> None:
    """``hook``: what goes into the hook's settings file as it is (``sbc/hook/settings.py``)."""
    replace_secret(places.seal_key, f"{answer['seal_key']}\n".encode())
    hook: dict[str, Any] = {
        "sbc_id": answer["sbc_id"],
        "node": answer["node"],
        "api_url": api_url,
        "node_key_file": str(places.node_key.absolute()),
        "seal_key_file": str(places.seal_key.absolute()),
        "queue_url": answer["queue_url"],
        "queue_region": answer["queue_region"],
    }
    content = json.dumps({"hook": hook, **{name: answer[name] for name in FACTS}}, indent=2)
    replace_secret(places.enrolment, f"{content}\n".encode())


def check_address(api_url: str) -> None:
    """Keys travel by it. Raises ``EnrolError``."""
    url = urlsplit(api_url)
    if url.scheme == "https" and url.hostname:
        return
    try:
        local = url.hostname == "localhost" or ipaddress.ip_address(url.hostname or "").is_loopback
    except ValueError:
        local = False
    if url.scheme != "http" or not local:
        raise EnrolError(f"{api_url}: an https address, or this machine's own")


def _read_key(path: Path) -> str:
    try:
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnrolError(f"{path}: {error}") from error
    if not key:
        raise EnrolError(f"{path}: no key in it")
    return key


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m sbc.hook.enrol", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--api", required=True, help="the API's address, without /v1")
    parser.add_argument("--key-file", required=True, type=Path, help="holds the one-time key")
    parser.add_argument("--into", required=True, type=Path, help="the directory that the node's keys go to")
    parser.add_argument("--patience-s", type=float, default=PATIENCE_S, help="how long an API out of reach is tried")
    parser.add_argument("--poll", action="store_true", help="without a queue: the API is asked for changes")
    options = parser.parse_args(arguments)
    places = Places(options.into)
    if places.enrolment.exists():
        sys.stdout.write(f"enrolled already: {places.enrolment}\n")
        return 0
    try:
        check_address(options.api)
        key = _read_key(options.key_file)
        asyncio.run(enrol(options.api, key, places, queue=not options.poll, patience_s=options.patience_s))
    except (EnrolError, OSError) as error:
        sys.stderr.write(f"not enrolled: {error}\n")
        return 1
    sys.stdout.write(f"enrolled: {places.enrolment}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
