"""The API's change feed as typed calls."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from chalicelib.domain import fields
from sbc.hook.http_client import HttpAnswer, HttpClient, HttpError
from sbc.hook.jsonio import dump, load_object


class FeedError(OSError):
    """The feed can't be read or acknowledged now."""


@dataclass(frozen=True, slots=True)
class Change:
    change_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Versions:
    """``parts``: by key. ``seal_keys``: ids, newest first; empty from an API of before there were several.
    ``seal_key``: the one that this node gets its parts sealed with."""

    parts: dict[str, int]
    seal_keys: tuple[str, ...]
    seal_key: str


class FeedClient:
    """All raise ``FeedError``."""

    def __init__(self, client: HttpClient, *, node: str) -> None:
        self._client = client
        self._node = node

    async def changes(self, after: str) -> tuple[Change, ...]:
        target = "/v1/sbc/changes" + (f"?after={quote(after, safe='')}" if after else "")
        body = await self._get(target)
        try:
            return fields.items(body, "changes", lambda item: Change(fields.text(item, "id"), fields.text(item, "key")))
        except fields.FieldError as error:
            raise FeedError(f"changes: {error}") from error

    async def versions(self) -> Versions:
        body = await self._get("/v1/sbc/versions")
        try:
            versions = fields.child(body, "versions")
            parts = {key: fields.integer(versions, key) for key in versions}
            listed = fields.texts(body, "seal_keys") if "seal_keys" in body else ()
            return Versions(parts, listed, fields.text(body, "seal_key", ""))
        except fields.FieldError as error:
            raise FeedError(f"versions: {error}") from error

    async def seal_keys(self) -> tuple[tuple[str, str], ...]:
        """Id and sealed key of each, newest first."""
        body = await self._get("/v1/sbc/seal-keys")
        try:
            return fields.items(body, "keys", lambda item: (fields.text(item, "id"), fields.text(item, "sealed")))
        except fields.FieldError as error:
            raise FeedError(f"seal keys: {error}") from error

    async def take_seal_key(self, key_id: str) -> None:
        """This node has it: what it fetches from now on is sealed with it."""
        await self._request("POST", "/v1/sbc/seal-keys", dump({"id": key_id}))

    async def acknowledge(self, cursor: str) -> None:
        body = dump({"node": self._node, "cursor": cursor})
        await self._request("POST", "/v1/sbc/acks", body)

    async def _get(self, target: str) -> fields.JsonObject:
        answer = await self._request("GET", target)
        try:
            return load_object(answer.decoded())
        except (fields.FieldError, HttpError) as error:
            raise FeedError(f"{target}: {error}") from error

    async def _request(self, method: str, target: str, body: bytes = b"") -> HttpAnswer:
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            answer = await self._client.request(method, target, headers=headers, body=body)
        except HttpError as error:
            raise FeedError(str(error)) from error
        if answer.status >= 300:
            raise FeedError(f"{target}: status {answer.status}")
        return answer
