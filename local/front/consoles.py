"""The built consoles, as a CDN serves them: files by path, and each console's page for every path below it.

``consoles/delivery.json`` holds what a CDN has to be told as well: entries, headers, and which folder never changes.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local.front.events import HttpRequest, HttpResponse, make_problem

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Delivery:
    entries: tuple[str, ...]
    immutable: str  # the path below which names hold a hash of the content
    headers: Mapping[str, str]


@cache
def read_delivery(path: Path) -> Delivery:
    found = json.loads(path.read_text())
    return Delivery(tuple(found["entries"]), found["immutable"], found["headers"])


class Consoles:
    def __init__(self, directory: Path) -> None:
        """``directory``: ``consoles``, with ``delivery.json`` and, once built, ``dist``."""
        self._dist = (directory / "dist").resolve()
        self._delivery = read_delivery(directory / "delivery.json")

    def find(self, request: HttpRequest) -> HttpResponse | None:
        """None: this path is none of the consoles'."""
        entry = request.path.strip("/").partition("/")[0]
        if request.path == "/":
            return HttpResponse(302, (("Location", f"/{self._delivery.entries[0]}/"),), b"")
        if request.path.startswith(self._delivery.immutable):
            return self._serve(self._dist / request.path.lstrip("/"), request, FOREVER)
        if entry in self._delivery.entries:
            return self._serve(self._dist / entry / "index.html", request, "no-cache")
        return None

    def _serve(self, path: Path, request: HttpRequest, caching: str) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return make_problem(405, "method_not_allowed", "Pages are only read.")
        if not path.resolve().is_relative_to(self._dist) or not path.is_file():
            return make_problem(404, "not_found", "There is nothing at this address; make install builds the consoles.")
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (*self._delivery.headers.items(), ("Cache-Control", caching), ("ETag", etag))
        if request.headers.get("if-none-match") == etag:
            return HttpResponse(304, headers, b"")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        text = "; charset=utf-8" if kind.startswith("text/") else ""
        return HttpResponse(200, (*headers, ("Content-Type", kind + text)), body)
