"""Whatever is sent to whichever endpoint, the answer is a problem with a code of the catalogue, never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.errors import CATALOGUE
from chalicelib.handlers.http import ENDPOINTS, Endpoint
from tests.api_client import Answer, ApiClient
from tests.onboarding import an_email, begin_onboarding, onboard
from tests.world import an_id

TAGS = ("signup", "onboarding", "auth", "me", "isp", "users", "platform", "themes", "audit", "platform-plans")
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1e308,
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e" * 90,
    "x" * 5000,
    [],
    [[[]]],
    {},
    {"a": 1},
    "a@b.example",
    "ppl_00000000000000000000000000",
)
PATHS = ("x", "%00", "%ff", "..%2f..", "x" * 3000, "ISP%23", "%F0%9F%98%80")


def _endpoints() -> list[Any]:
    import app  # noqa: F401 - registers them

    return [
        pytest.param(entry, id=f"{entry.method} {entry.path}")
        for entry in ENDPOINTS
        if entry.tag in TAGS and entry.name != "restore_user"
    ]


def _bodies(entry: Endpoint) -> Iterator[dict[str, Any]]:
    names = list(entry.body.model_fields) if entry.body else []
    for value in VALUES:
        yield dict.fromkeys(names, value)
    valid = {"email": "a@b.example", "full_name": "A", "password": "long enough 1", "namespace": "acme-x"}
    for name in names:
        for value in VALUES:
            yield {other: valid.get(other, "CH") for other in names} | {name: value}


def _client(api: ApiClient, entry: Endpoint) -> ApiClient:
    if not entry.roles:
        return api
    if "onboarding" in entry.roles:
        return begin_onboarding(api, an_email())
    if "isp_admin" in entry.roles:
        return onboard(api).api
    return api.as_token(issue_access_token(Identity(role=entry.roles[0], user_id=an_id("usr"))))


def _check(answer: Answer) -> None:
    assert answer.status < 500, answer.text
    if answer.status >= 400:
        assert answer.json["code"] in CATALOGUE
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("entry", _endpoints())
def test_no_request_makes_it_fail(api: ApiClient, entry: Endpoint) -> None:
    client = _client(api, entry)
    headers = {"if-match": '"1"'} if entry.versioned else {}
    path = entry.path.replace("{", "").replace("}", "")

    for body in _bodies(entry) if entry.body else []:
        _check(client.request(entry.method, path, body, headers=headers))
    for segment in PATHS if "{" in entry.path else ():
        hostile = "/".join(segment if part.startswith("{") else part for part in entry.path.split("/"))
        _check(client.request(entry.method, hostile, {}, headers=headers))
    for query in ("?limit=x", "?limit=0", "?limit=99999999999999999999", "?cursor=%00", "?cursor=AAAA", "?x=1"):
        _check(client.request(entry.method, path + query, {}, headers=headers))
    for match in ('"x"', "W/", '"99999999999999999999"', "*"):
        _check(client.request(entry.method, path, {}, headers={"if-match": match}))
