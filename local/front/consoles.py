"""The built consoles, as a CDN serves them: files by path, and each console's page for every path below it.

``consoles/delivery.json`` holds what a CDN has to be told as well: entries, headers, and which folder never changes. It
is a template: ``{websocket_origins}`` stands for the SBCs that browser phones may connect to, separated by spaces.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local.front.events import HttpRequest, HttpResponse, make_problem

FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
_WEBSOCKET = re.compile(r"wss?://[A-Za-z0-9.\[\]:-]+")  # a source of a policy and nothing more
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True, slots=True)
class Delivery:
    entries: tuple[str, ...]
    immutable: str  # the path below which names hold a hash of the content
    fixed: str  # the path below which names stay and contents seldom change
    headers: Mapping[str, str]
    entry_headers: Mapping[str, Mapping[str, str]]  # in place of those, or beside them

    def headers_of(self, entry: str) -> Mapping[str, str]:
        return {**self.headers, **self.entry_headers.get(entry, {})}


@cache
def read_delivery(path: Path, websockets: tuple[str, ...] = ()) -> Delivery:
    """``websockets``: the addresses of SBCs, as ``websocket_url`` of the API has them."""
    origins = " ".join(sorted({_origin(url) for url in websockets}))
    found = json.loads(path.read_text().replace("{websocket_origins}", origins))
    return Delivery(
        tuple(found["entries"]), found["immutable"], found["fixed"], found["headers"], found["entry_headers"]
    )


def _origin(url: str) -> str:
    found = _WEBSOCKET.match(url)
    if found is None:
        raise ValueError(f"{url!r} is no address of a WebSocket")
    return found[0]


class Consoles:
    def __init__(self, directory: Path, *, websockets: tuple[str, ...] = ()) -> None:
        """``directory``: ``consoles``, with ``delivery.json`` and, once built, ``dist``."""
        self._dist = (directory / "dist").resolve()
        self.delivery = read_delivery(directory / "delivery.json", websockets)

    def find(self, request: HttpRequest) -> HttpResponse | None:
        """None: this path is none of the consoles'."""
        entry = request.path.strip("/").partition("/")[0]
        if request.path == "/":
            return HttpResponse(302, (("Location", f"/{self.delivery.entries[0]}/"),), b"")
        if request.path.startswith(self.delivery.immutable):
            return self._serve(self._dist / request.path.lstrip("/"), request, FOREVER)
        if request.path.startswith(self.delivery.fixed):
            return self._serve(self._dist / request.path.lstrip("/"), request, A_DAY)
        if entry in self.delivery.entries:
            return self._serve(self._dist / entry / "index.html", request, "no-cache", entry)
        return None

    def _serve(self, path: Path, request: HttpRequest, caching: str, entry: str = "") -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return make_problem(405, "method_not_allowed", "Pages are only read.")
        if not path.resolve().is_relative_to(self._dist) or not path.is_file():
            return make_problem(404, "not_found", "There is nothing at this address; make install builds the consoles.")
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (*self.delivery.headers_of(entry).items(), ("Cache-Control", caching), ("ETag", etag))
        if request.headers.get("if-none-match") == etag:
            return HttpResponse(304, headers, b"")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        text = "; charset=utf-8" if kind.startswith("text/") else ""
        return HttpResponse(200, (*headers, ("Content-Type", kind + text)), body)
