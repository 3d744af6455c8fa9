"""Every answer that any test of the API gets is held against the OpenAPI document."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema_rs

from chalicelib.handlers.openapi import document


class ContractError(AssertionError):
    """The API answered something that its description doesn't promise."""


def check_answer(method: str, path: str, status: int, content_type: str, body: Any) -> None:
    """``path`` with its /v1, without query; ``body`` decoded. A path that isn't described isn't checked."""
    template = _template(path)
    operation = document()["paths"].get(template, {}).get(method.lower()) if template else None
    if operation is None or not content_type.endswith("json"):
        return
    responses = operation["responses"]
    place = str(status) if str(status) in responses else f"{status // 100}XX"
    if place not in responses:
        raise ContractError(f"{method} {template} answered {status}, described are {sorted(responses)}")
    content = responses[place].get("content", {})
    if not content:
        return
    if content_type not in content:
        raise ContractError(f"{method} {template} answered {status} as {content_type}, described as {sorted(content)}")
    errors = list(_validator(template or "", method.lower(), place, content_type).iter_errors(body))
    if errors:
        where = "/".join(str(step) for step in errors[0].instance_path)
        raise ContractError(f"{method} {template} {status}: {where}: {errors[0].message}")


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Literal paths before those with parameters."""
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"\Z"), path) for path in paths]


def _template(path: str) -> str | None:
    return next((template for pattern, template in _templates() if pattern.match(path)), None)


@cache
def _validator(template: str, method: str, place: str, content_type: str) -> jsonschema_rs.Draft202012Validator:
    described = document()["paths"][template][method]["responses"][place]["content"][content_type]["schema"]
    return jsonschema_rs.Draft202012Validator({**described, "components": document()["components"]})
