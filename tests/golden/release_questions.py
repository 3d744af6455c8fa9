"""What a release is asked about what it has stored: part of ``release_walk``, so run with that release's code."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from chalicelib.handlers.openapi import document
from tests.calls_world import now_ms
from tests.world import part_at

if TYPE_CHECKING:
    from tests.golden.release_walk import Walk

Json = dict[str, Any]

READ_BY_POST = {  # what asks and changes nothing, by path
    "/price-checks": {"kind": "pstn", "number": "+12095550123", "seconds": 61},
}


def instant(at_ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ms // 1000))


def questions(walk: Walk) -> list[Json]:
    """Every GET of this release, for every role that has it, with our ids and a span that doesn't move on."""
    found: list[Json] = []
    day = time.strftime("%Y-%m-%d", time.gmtime())
    spans = {"since": instant(now_ms() - 86_400_000), "until": instant(now_ms() + 86_400_000)}
    yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))
    values = {"from": yesterday, "to": day, "state": "unrated", "limit": "200", "number": "+12095550123"}
    for path, methods in document()["paths"].items():
        operation = methods.get("get")
        if operation is None or "onboarding" in (operation.get("x-roles") or ()) or "sbc/parts" in path:
            continue
        if not all(name in walk.ids or name == "version" for name in re.findall(r"\{(\w+)\}", path)):
            continue
        wanted = {p["name"]: p["required"] for p in operation["parameters"] if p["in"] == "query"}
        query = {name: spans[name] for name in spans if name in wanted}
        query |= {name: values[name] for name in ("from", "to", "limit") if name in wanted}
        query |= {name: values[name] for name, needed in wanted.items() if needed and name in values}
        asked = re.sub(r"\{(\w+)\}", lambda m: "1" if m[1] == "version" else walk.ids[m[1]], path).removeprefix("/v1")
        asked = asked.replace("+", "%2B")
        text = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in query.items())
        roles = operation.get("x-roles") or ["anybody"]
        found += [{"role": role, "route": path, "path": asked + (f"?{text}" if text else "")} for role in roles]
    return found + details(walk)


def details(walk: Walk) -> list[Json]:
    """Each call and each person, for whoever may look."""
    found: list[Json] = []
    for call_id in walk.calls.values():
        found.append({"role": "isp_admin", "route": "/v1/calls/{call_id}", "path": f"/calls/{call_id}"})
        found.append({"role": "isp_admin", "route": "/v1/calls/{call_id}/charges", "path": f"/calls/{call_id}/charges"})
        route = "/v1/tenants/{tenant_id}/calls/{call_id}"
        found.append({"role": "tenant_admin", "route": route, "path": f"{walk.tenant}/calls/{call_id}"})
    for person in walk.people.values():
        route = "/v1/tenants/{tenant_id}/subscribers/{subscriber_id}"
        found.append({"role": "tenant_admin", "route": route, "path": f"{walk.tenant}/subscribers/{person}"})
    return found


def ask(walk: Walk) -> list[Json]:
    tokens = walk.tokens()
    answers: list[Json] = []
    for question in questions(walk):
        if question["route"] in {
            "/v1/openapi.json",
            "/v1/themes/{namespace}/logo",
            "/v1/countries",
            "/v1/dialplan-presets",
        }:
            continue  # of the release, not of its items; the logo is no JSON
        answer = walk.api.as_token(tokens.get(question["role"], "")).get(question["path"])
        assert answer.status == 200, f"{question}: {answer.status} {answer.text!r}"
        answers.append(question | {"body": answer.json})
    for key, part in parts(walk):
        answers.append({"role": "node", "route": "part", "path": key, "body": part})
    for path, body in READ_BY_POST.items():
        asked = body | {"customer_id": walk.ids["customer_id"], "at": instant(now_ms())}
        answers.append({"role": "isp_admin", "route": path, "path": path, "sent": asked,
                        "body": walk.admin.post(path, asked).expect(200)})  # fmt: skip
    for username, dialled in (("alice", "2095550123"), ("alice", "1002"), ("bob", "alice"), ("erin", "1001")):
        asked = {"subscriber_id": walk.people[username], "dialled": dialled, "at": instant(now_ms())}
        path = f"{walk.tenant}/explain-call"
        answers.append({"role": "isp_admin", "route": "explain", "path": path, "sent": asked,
                        "body": walk.admin.post(path, asked).expect(200)})  # fmt: skip
    return answers


def parts(walk: Walk) -> list[tuple[str, Json]]:
    keys = walk.node.get("/sbc/versions").expect(200)["versions"]
    return [(key, part_at(walk.node, key)) for key in keys]
