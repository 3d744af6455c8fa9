"""From a request to a ``Call``: who asks, for which tenant, with what body, all of it proven and parsed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chalice.app import Blueprint
from pydantic import BaseModel, ValidationError

from chalicelib.auth import Identity, Role, identify_node, read_access_token
from chalicelib.clients.secrets import cursor_keys
from chalicelib.domain.errors import FieldFault, PatchbayError
from chalicelib.domain.field_rules import fault_of
from chalicelib.domain.language import DEFAULT_LANGUAGE, Language
from chalicelib.domain.sentences import say
from chalicelib.handlers.source import find_source
from chalicelib.storage.cursor import open_cursor, seal
from chalicelib.storage.scope import IspScope, TenantScope

MAX_PATH_PARAMETER = 256  # longer than any id or name, shorter than a database key may be
ANYBODY = Identity(role="anybody", user_id="")

BodyT = TypeVar("BodyT")
ModelT = TypeVar("ModelT", bound=BaseModel)


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


def parse_request(request: Any, entry: Endpoint, parameters: dict[str, str], language: Language) -> Call[Any]:
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


def validate(model: type[ModelT], values: dict[str, Any]) -> ModelT:
    """The model from decoded JSON, or ``invalid_request`` with a message per field."""
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise PatchbayError("invalid_request", errors=field_messages(error)) from error


def field_messages(error: ValidationError) -> list[FieldFault]:
    return [FieldFault(".".join(str(part) for part in found["loc"]), fault_of(found)) for found in error.errors()]
