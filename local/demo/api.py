"""A client of the public API: what a console sends, and what comes back."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

TIMEOUT_S = 15
Json = dict[str, Any]


class ApiError(RuntimeError):
    """Another status than the wanted one; the message has request and answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Json:
        found: Json = json.loads(self.content)
        return found


@dataclass(frozen=True, slots=True)
class Api:
    """``base``: ``http://host:port``; paths are below ``/v1``."""

    base: str
    token: str = ""

    def with_token(self, token: str) -> Api:
        return replace(self, token=token)

    def request(self, method: str, path: str, body: Json | None = None, *, if_match: int | None = None) -> Answer:
        headers = {"Accept": "application/json, image/*, */*"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/v1{path}", content, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
                return Answer(response.status, dict(response.headers.items()), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers.items()), error.read())

    def get(self, path: str, **query: str) -> Json:
        return self._expect("GET", f"{path}?{urlencode(query)}" if query else path).json

    def post(self, path: str, body: Json | None = None) -> Json:
        return self._expect("POST", path, body).json

    def put(self, path: str, body: Json, *, if_match: int | None = None) -> Json:
        return self._expect("PUT", path, body, if_match=if_match).json

    def change(self, path: str, **fields: Any) -> Json:
        """A merge patch on the version that is there now."""
        version = int(self.get(path)["version"])
        return self._expect("PATCH", path, fields, if_match=version).json

    def pages(self, path: str, **query: str) -> Iterator[Json]:
        """Every item of a list, over all of its pages."""
        page = self.get(path, **query)
        yield from page["items"]
        while page["next_cursor"]:
            page = self.get(path, **query, cursor=page["next_cursor"])
            yield from page["items"]

    def _expect(self, method: str, path: str, body: Json | None = None, *, if_match: int | None = None) -> Answer:
        answer = self.request(method, path, body, if_match=if_match)
        if not 200 <= answer.status < 300:
            raise ApiError(f"{method} {path}: {answer.status} {answer.content.decode(errors='replace')}")
        return answer
