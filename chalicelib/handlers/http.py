"""The endpoint decorator: authenticate, authorise, parse, one call, render. Every route of the API is made by it.

It also is the registry from which the OpenAPI document, the cross-tenant test and the cost bench are made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import BaseModel

from chalicelib.auth import Identity, Role
from chalicelib.clients.seal import open_text, seal_text
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.domain.tokens import token_hash
from chalicelib.handlers.problems import Headers, language_of, problem, written_in
from chalicelib.handlers.requests import ANYBODY, Call, Endpoint, parse_request
from chalicelib.observability import logger, name_work
from chalicelib.settings import settings
from chalicelib.storage import idempotency, metering
from chalicelib.storage.database import is_passing

__all__ = ["ENDPOINTS", "Call", "Endpoint", "all_endpoints", "endpoint"]

MAX_BODY = 1_000_000
MAX_KEY = 64

ENDPOINTS: list[Endpoint] = []  # of the modules imported so far: see all_endpoints


def all_endpoints() -> list[Endpoint]:
    """Of the whole API, however few modules have been needed until now."""
    import chalicelib.handlers.blueprints  # noqa: F401 - each registers its own

    return ENDPOINTS


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    roles: tuple[Role, ...],
    summary: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    out: Any = None,
    status: int = 200,
    versioned: bool = False,
    paged: bool = False,
    tenant_scoped: bool = True,
    max_body: int = MAX_BODY,
    name: str = "",
) -> Callable[[Callable[[Call[Any]], Any]], Callable[[Call[Any]], Any]]:
    """Registers ``function(call)`` at a route; it returns a view (``out``), a Chalice Response, or None with 204."""

    def register(function: Callable[[Call[Any]], Any]) -> Callable[[Call[Any]], Any]:
        entry = Endpoint(
            method=method,
            path=path,
            name=name or getattr(function, "__name__", path),
            summary=summary,
            roles=roles,
            body=body,
            query=query,
            out=out,
            status=status,
            paged=paged,
            versioned=versioned,
            tag=path.split("/")[1],
            tenant_scoped=tenant_scoped,
            max_body=max_body,
            blueprint=blueprint,
        )
        ENDPOINTS.append(entry)

        def view(**parameters: str) -> Response:
            request, context = blueprint.current_request, blueprint.lambda_context
            name_work(
                request_id=request.context.get("requestId", ""),
                function_request_id=getattr(context, "aws_request_id", ""),
                call_id=parameters.get("call_id", ""),
            )
            return _serve(request, entry, function, parameters)

        blueprint.route(path, methods=[method], name=f"{method} {path}", cors=False)(view)
        return function

    return register


def _serve(request: Any, entry: Endpoint, function: Callable[[Call[Any]], Any], parameters: dict[str, str]) -> Response:
    cost, started = metering.start(), time.perf_counter()
    identity, language = ANYBODY, language_of(request.headers)
    try:
        call = parse_request(request, entry, parameters, language)
        identity = call.identity
        response = _once(entry, call, lambda: _render(function(call), entry, call))
    except PatchbayError as error:
        response = problem(error, language)
    except Exception as error:  # noqa: BLE001 - the outermost border: logged, and told as a problem
        code, told = ("try_again", "database busy") if is_passing(error) else ("internal_error", "unexpected error")
        logger().exception(told, extra={"route": f"{entry.method} {entry.path}"})
        response = problem(PatchbayError(code), language)
    if settings().expose_db_cost:
        response.headers["X-Db-Operations"] = ",".join(cost.operations) or "none"
        response.headers["X-Db-Read-Units"] = str(cost.read_units)
        response.headers["X-Db-Write-Units"] = str(cost.write_units)
    outcome: dict[str, Any] = {
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - started) * 1000, 1),
        "db_operations": len(cost.operations),
    }
    _log_request(entry, identity, outcome)
    return response


def _log_request(entry: Endpoint, identity: Identity, outcome: dict[str, Any]) -> None:
    logger().info(
        "request",
        extra={
            "route": f"{entry.method} {entry.path}",
            "role": identity.role,
            "user_id": identity.user_id,
            "isp_id": identity.isp_id,
            **outcome,
        },
    )


def _once(entry: Endpoint, call: Call[Any], answer: Callable[[], Response]) -> Response:
    """``answer()``, or the kept answer to the same POST with the same Idempotency-Key."""
    key = call.headers.get("idempotency-key", "")
    if entry.method != "POST" or not key or not call.identity.user_id:
        return answer()
    if len(key) > MAX_KEY:
        raise field_error("Idempotency-Key", say("at_most_characters", n=MAX_KEY))
    fingerprint = token_hash(
        json.dumps([entry.name, call.path, call.body.model_dump(mode="json") if call.body else None])
    )
    owner = f"{call.identity.sbc_id}/{call.identity.user_id}" if call.identity.sbc_id else call.identity.user_id
    kept = idempotency.claim(owner, key, fingerprint)
    if kept is not None:
        headers = written_in(kept.language) | {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
        shown = open_text(kept.body, owner=fingerprint)
        return Response(shown, status_code=kept.status, headers=headers)
    try:
        response = answer()
    except BaseException:
        idempotency.release(owner, key)
        raise
    body = response.body if isinstance(response.body, str) else json.dumps(response.body)
    sealed = seal_text(body, owner=fingerprint)  # some answers show a new password or token
    answered = idempotency.Answer(response.status_code, sealed, call.language)
    try:
        idempotency.keep(owner, key, fingerprint, answered)
    except Exception:  # noqa: BLE001 - what was asked for is done: said otherwise, it would be sent and done again
        logger().exception("answer not kept", extra={"route": f"{entry.method} {entry.path}"})
    return response


def _render(result: Any, entry: Endpoint, call: Call[Any]) -> Response:
    if isinstance(result, Response):
        return result
    headers: Headers = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        **written_in(call.language),
        **call.response_headers,
    }
    if result is None:
        return Response("", status_code=204, headers=headers)
    version = getattr(result, "version", None)
    if isinstance(version, int):
        headers.setdefault("ETag", f'"{version}"')
    body = result.model_dump_json() if isinstance(result, BaseModel) else json.dumps(result)
    return Response(body, status_code=entry.status, headers=headers)
