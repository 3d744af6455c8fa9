"""A client of the deployed API, as consoles and nodes are: over HTTP, by the names that DNS would lead to the cloud."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TIMEOUT_S = 60  # a cold start on a busy machine
Json = dict[str, Any]


class AnswerError(AssertionError):
    """Another answer than the wanted one; the message has request and answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    request: str
    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    def expect(self, status: int) -> Answer:
        if self.status != status:
            raise AnswerError(
                f"{self.request}: {self.status} instead of {status}: {self.body[:2000].decode(errors='replace')}"
            )
        return self

    @property
    def json(self) -> Json:
        raw = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        found: Json = json.loads(raw)
        return found


@dataclass(frozen=True, slots=True)
class Client:
    """``host`` is what the request asks for; the connection goes to loopback's ``port``."""

    port: int
    host: str
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # of every request

    def as_token(self, token: str) -> Client:
        return replace(self, token=token)

    def request(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """``path`` with all of it, such as ``/v1/health``; header names are written with ``_``."""
        sent = {"Host": self.host, "Accept": "application/json", **self.headers}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(f"{method} {self.host}{path}", answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, None, **headers)

    def post(self, path: str, body: Json | None = None) -> Json:
        """The answer of a request that succeeds."""
        answer = self.request("POST", path, {} if body is None else body)
        if answer.status >= 300:
            raise AnswerError(f"{answer.request}: {answer.status} {answer.body[:2000].decode(errors='replace')}")
        return answer.json

    def put(self, path: str, body: Json, **headers: str) -> Json:
        return self.request("PUT", path, body, **headers).expect(200).json
