"""Calls the API in this process the way the embedded front does: through API Gateway's event format."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from local.front.events import HttpRequest
from local.front.wsgi import Front
from tests.contract import check_answer


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["etag"]

    @property
    def operations(self) -> list[str]:
        """The database operations that answering took."""
        found = self.headers["x-db-operations"]
        return [] if found == "none" else found.split(",")

    def expect(self, status: int) -> Any:
        """The decoded body, after checking the status."""
        assert self.status == status, f"{self.status} instead of {status}: {self.text.decode()[:2000]}"
        return json.loads(self.text) if self.text else None


@cache
def front() -> Front:
    from app import app
    from chalicelib.clients.files import directory_files
    from chalicelib.settings import settings

    return Front(app, mail=Path(settings().mail_dir), files=directory_files())


@dataclass(frozen=True)
class ApiClient:
    token: str = ""
    source_ip: str = "127.0.0.1"

    def as_token(self, token: str) -> ApiClient:
        return replace(self, token=token)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        path, _, query = path.partition("?")
        sent = {"content-type": "application/json", "host": "localhost"}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        content = raw if raw is not None else (json.dumps(body).encode() if body is not None else b"")
        answer = front().handle(
            HttpRequest(
                method=method,
                path=f"/v1{path}",
                query=query,
                headers=sent | (headers or {}),
                body=content,
                source_ip=self.source_ip,
            )
        )
        found = Answer(answer.status, {name.lower(): value for name, value in answer.headers}, answer.body)
        content_type = found.headers.get("content-type", "")
        if content_type.endswith("json") and found.text and "content-encoding" not in found.headers:
            check_answer(method, f"/v1{path}", found.status, content_type, found.json)
        return found

    def get(self, path: str, **options: Any) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.request("POST", path, {} if body is None else body, **options)

    def patch(self, path: str, body: Any, *, version: int | None = None) -> Answer:
        headers = {} if version is None else {"if-match": f'"{version}"'}
        return self.request("PATCH", path, body, headers=headers)

    def put(self, path: str, body: Any, **options: Any) -> Answer:
        return self.request("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.request("DELETE", path, **options)
