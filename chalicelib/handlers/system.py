"""Health and the API's own description."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.handlers.openapi import document

blueprint = Blueprint(__name__)


@endpoint(blueprint, "GET", "/health", roles=(), summary="Is the API up?")
def health(_: Call[Any]) -> dict[str, str]:
    return {"status": "ok"}


@endpoint(blueprint, "GET", "/openapi.json", roles=(), summary="This API as OpenAPI 3.1")
def openapi(_: Call[Any]) -> dict[str, Any]:
    return document()
