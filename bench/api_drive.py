"""Asks every route of the API once or more, in an order in which each finds what it needs, and notes what each cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.handlers.http import all_endpoints
from tests.api_client import Answer, ApiClient

Json = dict[str, Any]
Route = tuple[str, str]

KNOWN: dict[str, list[tuple[re.Pattern[str], Route]]] = {}
for entry in sorted(
    all_endpoints(), key=lambda each: each.path.count("{")
):  # a literal path goes before one with names
    pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", entry.path) + r"\Z")
    KNOWN.setdefault(entry.method, []).append((pattern, (entry.method, entry.path)))


@dataclass(frozen=True)
class Cost:
    status: int
    operations: tuple[str, ...]
    read_units: float
    write_units: float


class DriveError(RuntimeError):
    """A route doesn't answer as it should: the measurement would be of something else."""


@dataclass
class Drive:
    """``costs``: of the dearest success of each route."""

    costs: dict[Route, Cost] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def attempt(self, area: Callable[..., None], *arguments: Any) -> None:
        """A route that answers otherwise ends its area, whose other routes are then missing; the rest goes on."""
        try:
            area(self, *arguments)
        except DriveError as error:
            self.failures.append(str(error))

    def ask(
        self, client: ApiClient, method: str, path: str, body: Any = None, *, version: int = 0, **options: Any
    ) -> Any:
        """The decoded answer, which must be a success."""
        headers = options.pop("headers", {}) | ({"if-match": f'"{version}"'} if version else {})
        if body is None and method in ("POST", "PUT", "PATCH"):
            body = {}
        answer = client.request(method, path, body, headers=headers, **options)
        if answer.status >= 400:
            raise DriveError(f"{method} {path}: {answer.status} {answer.text.decode(errors='replace')[:1000]}")
        self._note(method, path.partition("?")[0], answer)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json if is_json and answer.text else None

    def crud(self, client: ApiClient, path: str, body: Json, change: Json, *, restore: bool = True) -> Json:
        """Made, listed, read, changed, deleted and restored: the record, as it is at the end."""
        made = self.ask(client, "POST", path, body)
        own = f"{path}/{made['id']}"
        self.ask(client, "GET", path)
        found: Json = self.ask(client, "GET", own)
        if change:
            self.ask(client, "PATCH", own, change, version=found["version"])
        self.ask(client, "DELETE", own)
        if restore:
            self.ask(client, "POST", f"{own}/restore")
            found = self.ask(client, "GET", own)
        return {**made, **found}

    def _note(self, method: str, path: str, answer: Answer) -> None:
        route = next((route for pattern, route in KNOWN[method] if pattern.match(path)), None)
        if route is None:
            raise DriveError(f"{method} {path} is no route")
        headers = answer.headers
        cost = Cost(
            answer.status,
            tuple(answer.operations),
            float(headers["x-db-read-units"]),
            float(headers["x-db-write-units"]),
        )
        known = self.costs.get(route)
        if known is None or len(cost.operations) > len(known.operations):
            self.costs[route] = cost
