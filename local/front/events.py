"""HTTP messages to and from API Gateway's REST proxy format (payload version 1.0)."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from local.front.routes import Match


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    path: str  # still percent-encoded
    query: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    source_ip: str


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def make_event(
    request: HttpRequest, match: Match, *, binary_types: Collection[str], request_id: str, host: str
) -> dict[str, Any]:
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    body, encoded = _encode_body(request, binary_types)
    return {
        "resource": match.resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers),
        "multiValueHeaders": {name: [value] for name, value in request.headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": match.parameters or None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": encoded,
        "requestContext": {
            "resourcePath": match.resource,
            "httpMethod": request.method,
            "path": request.path,
            "stage": "local",
            "requestId": request_id,
            "domainName": host,
            "identity": {"sourceIp": request.source_ip, "userAgent": request.headers.get("user-agent")},
        },
    }


def _encode_body(request: HttpRequest, binary_types: Collection[str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in binary_types:
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass  # whatever it is, it isn't text: it travels as bytes do
    return base64.b64encode(request.body).decode(), True


def read_result(result: Mapping[str, Any]) -> HttpResponse:
    """The answer of a Lambda function. Without a Content-Type it is JSON, as API Gateway has it."""
    body = result.get("body") or ""
    raw = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    headers = [(name, str(value)) for name, value in (result.get("headers") or {}).items()]
    for name, values in (result.get("multiValueHeaders") or {}).items():
        headers.extend((name, str(value)) for value in values)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return HttpResponse(int(result["statusCode"]), tuple(headers), raw)


def make_problem(status: int, code: str, detail: str) -> HttpResponse:
    """RFC 9457, for what never reaches the API; deployed, gateway responses say the same."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return HttpResponse(status, (("Content-Type", "application/problem+json"),), json.dumps(problem).encode())
