"""Where parts come from: the API, or a directory of JSON files."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from sbc.hook.http_client import HttpClient, HttpError

PART_TYPE = "application/vnd.patchbay.part+json"  # must be named: API Gateway passes bytes only to who accepts the type


class SourceError(OSError):
    """The source can't say now what the part is: it is out of reach or in trouble."""


class PartGoneError(LookupError):
    """The part doesn't exist, or isn't this SBC's."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A part as the source gave it: gzip of the JSON document."""

    packed: bytes


class PartSource(Protocol):
    async def fetch(self, key: str, *, held_version: int | None) -> Fetched | None:
        """The part, or None when the held version is the newest. Raises ``SourceError``, ``PartGoneError``."""


class ApiSource:
    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def fetch(self, key: str, *, held_version: int | None) -> Fetched | None:
        headers = {"Accept": PART_TYPE, "Accept-Encoding": "gzip"}
        if held_version is not None:
            headers["If-None-Match"] = f'"{held_version}"'
        try:
            answer = await self._client.request("GET", f"/v1/sbc/parts?key={quote(key, safe='')}", headers=headers)
        except HttpError as error:
            raise SourceError(str(error)) from error
        if answer.status == 304:
            return None
        if answer.status == 404:
            raise PartGoneError(key)
        if answer.status != 200:
            raise SourceError(f"{key}: status {answer.status}")
        packed = answer.headers.get("content-encoding") == "gzip"
        return Fetched(answer.body if packed else gzip.compress(answer.body, compresslevel=1))


class DirectorySource:
    """For tests and benchmarks: the part ``a/b`` is the file ``a__b.json``, or ``a__b.json.gz`` as the API sends it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def fetch(self, key: str, *, held_version: int | None) -> Fetched | None:  # noqa: ARG002 (always read)
        try:
            return Fetched(await asyncio.to_thread(self._read_packed, key.replace("/", "__")))
        except FileNotFoundError as error:
            raise PartGoneError(key) from error
        except OSError as error:
            raise SourceError(str(error)) from error

    def _read_packed(self, name: str) -> bytes:
        packed = self._directory / f"{name}.json.gz"
        if packed.exists():
            return packed.read_bytes()
        return gzip.compress((self._directory / f"{name}.json").read_bytes(), compresslevel=1)
