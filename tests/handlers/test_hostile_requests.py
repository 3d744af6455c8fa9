"""Whatever is sent to whichever endpoint, the answer is a problem with a code of the catalogue, never a 500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.errors import CATALOGUE
from chalicelib.domain.sentences import TEXTS
from chalicelib.handlers.http import ENDPOINTS, Endpoint
from chalicelib.handlers.openapi import document
from tests.api_client import Answer, ApiClient
from tests.calls_world import a_provider
from tests.handlers.schema_examples import Examples
from tests.handlers.things import Things
from tests.onboarding import an_email, begin_onboarding
from tests.world import an_id

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
UNEXPLAINED = TEXTS["value_not_accepted"].en
PATHS = ("x", "%00", "%ff", "..%2f..", "x" * 3000, "ISP%23", "%F0%9F%98%80")


def _endpoints() -> list[Any]:
    import app  # noqa: F401 - registers them

    return [pytest.param(entry, id=f"{entry.method} {entry.path}") for entry in ENDPOINTS]


@pytest.fixture(scope="module")
def things(dynamodb: str) -> Things:
    return Things(a_provider(ApiClient()))


def _bodies(entry: Endpoint, things: Things) -> Iterator[dict[str, Any]]:
    """Each field in turn hostile in an otherwise good body, and all of them at once."""
    operation = document()["paths"][f"/v1{entry.path}"][entry.method.lower()]
    names = list(entry.body.model_fields) if entry.body else []
    good = Examples(document(), things.ids).body(operation)
    for value in VALUES:
        yield dict.fromkeys(names, value)
    for name in names:
        for value in VALUES:
            yield good | {name: value}


def _client(api: ApiClient, entry: Endpoint, things: Things) -> ApiClient:
    if not entry.roles:
        return api
    if "onboarding" in entry.roles:
        return begin_onboarding(api, an_email())
    if "node" in entry.roles:
        return things.provider.node
    if "isp_admin" in entry.roles:
        return things.provider.admin
    return api.as_token(issue_access_token(Identity(role=entry.roles[0], user_id=an_id("usr"))))


def _check(answer: Answer) -> None:
    assert answer.status < 500, answer.text
    if answer.status >= 400:
        assert answer.json["code"] in CATALOGUE
        assert answer.headers["content-type"] == "application/problem+json"
        # What is wrong with a field is always said: a new kind of check needs its words in domain/field_rules.py
        messages = [error["message"] for error in answer.json.get("errors", [])]
        assert UNEXPLAINED not in messages, answer.text


@pytest.mark.parametrize("entry", _endpoints())
def test_no_request_makes_it_fail(api: ApiClient, entry: Endpoint, things: Things) -> None:
    client = _client(api, entry, things)
    headers = {"if-match": '"1"'} if entry.versioned else {}
    path = re.sub(r"\{(\w+)\}", lambda found: things.ids.get(found.group(1), "x"), entry.path)

    for body in _bodies(entry, things) if entry.body else []:
        _check(client.request(entry.method, path, body, headers=headers))
    for segment in PATHS if "{" in entry.path else ():
        hostile = "/".join(segment if part.startswith("{") else part for part in entry.path.split("/"))
        _check(client.request(entry.method, hostile, {}, headers=headers))
    for query in ("?limit=x", "?limit=0", "?limit=99999999999999999999", "?cursor=%00", "?cursor=AAAA", "?x=1"):
        _check(client.request(entry.method, path + query, {}, headers=headers))
    for match in ('"x"', "W/", '"99999999999999999999"', "*"):
        _check(client.request(entry.method, path, {}, headers={"if-match": match}))
