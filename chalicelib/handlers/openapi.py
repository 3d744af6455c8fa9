"""The OpenAPI 3.1 document, made from the endpoints themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.domain.errors import CATALOGUE
from chalicelib.handlers.http import Endpoint, all_endpoints

REF = "#/components/schemas/{model}"

LANGUAGES = """\
Every request may carry `Accept-Language` (RFC 9110 12.5.4). What the API writes to people (titles, details and \
messages of problems, explanations, names of presets and countries, mails) comes in the best of `en` and `pt-BR`, else \
in English; `Content-Language` says in which. Codes, names of fields and what people wrote are the same in each.
"""


class FieldProblem(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457. ``code`` is stable: programs read it, people read ``title`` and ``detail``."""

    type: str
    code: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] | None = None


@cache
def document() -> dict[str, Any]:
    endpoints = all_endpoints()
    schemas, definitions = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for entry in endpoints:
        paths.setdefault(f"/v1{entry.path}", {})[entry.method.lower()] = _operation(entry, schemas)
    problem = definitions.get("Problem", {})
    problem.get("properties", {}).get("code", {})["enum"] = sorted(CATALOGUE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Patchbay", "version": "1", "description": LANGUAGES},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schemas(endpoints: list[Endpoint]) -> tuple[dict[Any, Any], dict[str, Any]]:
    wanted: dict[Any, None] = {(Problem, "serialization"): None}
    for entry in endpoints:
        if entry.body:
            wanted[entry.body, "validation"] = None
        if entry.out:
            wanted[entry.out, "serialization"] = None
    schemas, definitions = models_json_schema(list(wanted), ref_template=REF)
    return dict(schemas), definitions.get("$defs", {})


def _operation(entry: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": entry.name,
        "summary": entry.summary,
        "tags": [entry.tag],
        "parameters": _parameters(entry),
        "responses": _responses(entry, schemas),
    }
    if entry.roles:
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = list(entry.roles)
    if entry.body:
        content = {"application/json": {"schema": schemas[entry.body, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(entry: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 256}}
        for name in re.findall(r"\{(\w+)\}", entry.path)
    ]
    if entry.query:
        schema = entry.query.model_json_schema()
        required = schema.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": value}
            for name, value in schema["properties"].items()
        ]
    if entry.versioned:
        found.append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "pattern": '^"\\d+"$'}}
        )
    if entry.method == "POST":
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 64},
            }
        )
    return found


def _responses(entry: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done"}
    if entry.out:
        success["content"] = {"application/json": {"schema": schemas[entry.out, "serialization"]}}
    problem = {
        "description": "A problem document (RFC 9457)",
        "content": {"application/problem+json": {"schema": schemas[Problem, "serialization"]}},
    }
    return {str(entry.status): success, "4XX": problem, "5XX": problem}
