"""The endpoint decorator: authenticate, authorise, parse, one call, render. Every route of the API is made by it.

It also is the registry from which the OpenAPI document, the cross-tenant test and the cost bench are made.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ValidationError

from chalicelib.auth import Identity, Role, identify_node, read_access_token
from chalicelib.clients.seal import open_text, seal_text
from chalicelib.clients.secrets import cursor_keys
from chalicelib.domain.errors import FieldFault, PatchbayError, field_error
from chalicelib.domain.field_rules import fault_of
from chalicelib.domain.language import DEFAULT_LANGUAGE, Language, choose_language
from chalicelib.domain.sentences import say
from chalicelib.domain.tokens import token_hash
from chalicelib.handlers.source import find_source
from chalicelib.observability import logger, name_work
from chalicelib.settings import settings
from chalicelib.storage import idempotency, metering
from chalicelib.storage.cursor import open_cursor, seal
from chalicelib.storage.database import is_passing
from chalicelib.storage.scope import IspScope, TenantScope

MAX_BODY = 1_000_000
MAX_KEY = 64
MAX_PATH_PARAMETER = 256  # longer than any id or name, shorter than a database key may be

BodyT = TypeVar("BodyT")


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str  # below /v1, with {parameters}
    name: str
    summary: str
    roles: tuple[Role, ...]  # none: open to all
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    out: Any
    status: int
    paged: bool
    versioned: bool  # If-Match is required
    tag: str
    tenant_scoped: bool  # {tenant_id} in the path is the scope of what is done
    max_body: int  # bytes
    blueprint: Blueprint


Headers = dict[str, str | list[str]]

PROBLEM = "application/problem+json"
ENDPOINTS: list[Endpoint] = []  # of the modules imported so far: see all_endpoints
ANYBODY = Identity(role="anybody", user_id="")


def all_endpoints() -> list[Endpoint]:
    """Of the whole API, however few modules have been needed until now."""
    import chalicelib.handlers.blueprints  # noqa: F401 - each registers its own

    return ENDPOINTS


@dataclass(slots=True)
class Call(Generic[BodyT]):
    """One request, proven and parsed. ``isp`` and ``tenant`` raise if the route has no such scope."""

    identity: Identity
    path: dict[str, str]
    headers: dict[str, str]
    source_ip: str
    body: BodyT
    query: Any = None
    language: Language = DEFAULT_LANGUAGE
    tenant_scope: TenantScope | None = None
    response_headers: dict[str, str] = field(default_factory=dict)

    @property
    def isp(self) -> IspScope:
        if not self.identity.isp_id:
            raise PatchbayError("not_allowed")
        return IspScope(self.identity.isp_id)

    @property
    def tenant(self) -> TenantScope:
        if self.tenant_scope is None:
            raise PatchbayError("not_found")
        return self.tenant_scope

    @property
    def expected_version(self) -> int:
        found = re.fullmatch(r'(?:W/)?"?(\d{1,15})"?', self.headers.get("if-match", ""))
        if found is None:
            raise PatchbayError("version_required")
        return int(found.group(1))

    def cursor(self, purpose: str) -> dict[str, Any] | None:
        cursor = getattr(self.query, "cursor", None)
        return open_cursor(cursor, secrets=lambda again: cursor_keys(again=again), purpose=purpose)

    def next_cursor(self, last_key: dict[str, Any] | None, purpose: str) -> str | None:
        return seal(last_key, secret=cursor_keys()[0], purpose=purpose)


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
        call = _parse(request, entry, parameters, language)
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


def language_of(headers: Mapping[str, str] | None) -> Language:
    found = (value for name, value in (headers or {}).items() if name.lower() == "accept-language")
    return choose_language(next(found, ""))


def written_in(language: Language) -> Headers:
    return {"Content-Language": language, "Vary": "Accept-Language"}


def problem(error: PatchbayError, language: Language) -> Response:
    headers = written_in(language) | {"Content-Type": PROBLEM}
    if error.kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after_s"])
    return Response(json.dumps(error.problem(language)), status_code=error.kind.status, headers=headers)


FRAMEWORK_CODES = {404: "route_not_found", 405: "method_not_allowed", 415: "unsupported_media_type"}


def as_problem(response: Response, language: Language) -> Response:
    """An error that the framework made itself, in the form of all others."""
    if response.status_code < 400 or response.headers.get("Content-Type") == PROBLEM:
        return response
    fallback = "bad_request" if response.status_code < 500 else "internal_error"
    return problem(PatchbayError(FRAMEWORK_CODES.get(response.status_code, fallback)), language)


def _parse(request: Any, entry: Endpoint, parameters: dict[str, str], language: Language) -> Call[Any]:
    headers = {name.lower(): value for name, value in (request.headers or {}).items()}
    identity = _authenticate(headers, entry)
    if any(len(value) > MAX_PATH_PARAMETER for value in parameters.values()):
        raise PatchbayError("not_found")
    call: Call[Any] = Call(
        identity=identity,
        path=parameters,
        headers=headers,
        source_ip=find_source(request.context, headers),
        body=None,
        language=language,
    )
    if "tenant_id" in parameters:
        _check_own_tenant(identity, parameters["tenant_id"])
        if entry.tenant_scoped:
            call.tenant_scope = _tenant_scope(identity, parameters["tenant_id"])
    call.query = _validated(entry.query, _query_values(request, entry.query))
    if entry.body is not None:
        call.body = _read_body(request, headers, entry.body, entry.max_body)
    return call


def _authenticate(headers: dict[str, str], entry: Endpoint) -> Identity:
    if not entry.roles:
        return ANYBODY
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise PatchbayError("not_authenticated")
    if entry.roles == ("node",):
        return identify_node(token)
    identity = read_access_token(token)
    if identity.role not in entry.roles:
        raise PatchbayError("not_allowed")
    return identity


def _check_own_tenant(identity: Identity, tenant_id: str) -> None:
    if identity.role in ("tenant_admin", "subscriber") and tenant_id not in identity.tenant_ids:
        raise PatchbayError("not_found")


def _tenant_scope(identity: Identity, tenant_id: str) -> TenantScope:
    """A foreign tenant is not found, whoever asks."""
    from chalicelib.storage.tenants import find_tenant_scope

    scope = find_tenant_scope(identity.isp_id, tenant_id)
    if scope is None:
        raise PatchbayError("not_found")
    return scope


def _query_values(request: Any, model: type[BaseModel] | None) -> dict[str, Any]:
    given = dict(request.query_params or {})
    if model is None:
        return {}
    numeric = {name for name, info in model.model_fields.items() if info.annotation in (int, int | None)}
    return {k: int(v) if k in numeric and re.fullmatch(r"-?\d{1,15}", v) else v for k, v in given.items()}


def _read_body(request: Any, headers: dict[str, str], model: type[BaseModel], max_body: int) -> Any:
    if headers.get("content-type", "").split(";")[0].strip().lower() not in (
        "application/json",
        "application/merge-patch+json",
    ):
        raise PatchbayError("unsupported_media_type")
    raw = request.raw_body or b""
    if len(raw) > max_body:
        raise PatchbayError("body_too_large", say("at_most_bytes", n=max_body))
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PatchbayError("invalid_json") from error
    if not isinstance(parsed, dict):
        raise PatchbayError("invalid_request", say("body_is_object"))
    return _validated(model, parsed)


def _validated(model: type[BaseModel] | None, values: dict[str, Any]) -> Any:
    return None if model is None else validate(model, values)


ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(model: type[ModelT], values: dict[str, Any]) -> ModelT:
    """The model from decoded JSON, or ``invalid_request`` with a message per field."""
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise PatchbayError("invalid_request", errors=field_messages(error)) from error


def field_messages(error: ValidationError) -> list[FieldFault]:
    return [FieldFault(".".join(str(part) for part in found["loc"]), fault_of(found)) for found in error.errors()]


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
