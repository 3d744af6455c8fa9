"""Themes: shown to everybody before login, changed by the ISP."""

from __future__ import annotations

import json
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.domain.errors import PatchbayError
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.themes import ThemeBody, ThemeView
from chalicelib.storage import keys
from chalicelib.storage.isps import get_isp
from chalicelib.storage.themes import Theme, find_logo, find_theme
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.make_manifest import make_manifest
from chalicelib.workflows.save_theme import save_theme

blueprint = Blueprint(__name__)

LOGO_HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}
MANIFEST_HEADERS = {"Content-Type": "application/manifest+json", "Cache-Control": "public, max-age=3600"}


def theme_view(theme: Theme | None, namespace: str) -> ThemeView:
    """Of a namespace without a theme, or none at all: the platform's own."""
    found = theme or Theme(version=0)
    return ThemeView(
        version=int(found.version),
        primary_color=found.primary_color,
        accent_color=found.accent_color,
        logo_url=f"/v1/themes/{namespace}/logo?v={found.logo_hash}" if found.logo_hash else None,
    )


@endpoint(blueprint, "GET", "/themes/{namespace}", roles=(), out=ThemeView, summary="The theme of a login page")
def get_theme(call: Call[Any]) -> Any:
    namespace = call.path["namespace"].lower()
    call.response_headers["Cache-Control"] = "public, max-age=60"
    return theme_view(find_theme(keys.namespace(namespace)), namespace)


@endpoint(blueprint, "GET", "/themes/{namespace}/logo", roles=(), summary="The logo of a login page")
def get_logo(call: Call[Any]) -> Any:
    logo = find_logo(keys.namespace(call.path["namespace"].lower()))
    if logo is None:
        raise PatchbayError("not_found")
    return Response(logo.data, status_code=200, headers={"Content-Type": logo.media_type, **LOGO_HEADERS})


@endpoint(
    blueprint,
    "GET",
    "/themes/{namespace}/phone.webmanifest",
    roles=(),
    summary="The phone console as an app of the ISP's own name and colour",
)
def get_manifest(call: Call[Any]) -> Any:
    manifest = make_manifest(call.path["namespace"].lower())
    return Response(json.dumps(manifest), status_code=200, headers=dict(MANIFEST_HEADERS))


@endpoint(blueprint, "GET", "/isp/theme", roles=("isp_admin",), out=ThemeView, summary="Our theme")
def get_own_theme(call: Call[Any]) -> Any:
    namespace = get_isp(call.isp.isp_id).namespace
    return theme_view(find_theme(keys.namespace(namespace)), namespace)


@endpoint(
    blueprint,
    "PUT",
    "/isp/theme",
    roles=("isp_admin",),
    body=ThemeBody,
    out=ThemeView,
    versioned=True,
    summary="Change our theme",
)
def put_own_theme(call: Call[ThemeBody]) -> Any:
    namespace = get_isp(call.isp.isp_id).namespace
    tx = Transaction()
    theme = save_theme(tx, keys.namespace(namespace), call.body, expected_version=call.expected_version)
    view = theme_view(theme, namespace)
    tx.audit(call.isp.isp_id, call.identity.actor(), "theme.change", after=view.model_dump())
    tx.commit()
    return view
