"""The phone console as an installable app (W3C Web Application Manifest) under an ISP's own name."""

from __future__ import annotations

from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.isps import find_isp, find_namespace
from chalicelib.storage.themes import COLORS, find_theme

ICONS = "/static/phone"


def make_manifest(namespace: str) -> dict[str, Any]:
    """Of a namespace nobody has, the platform's own. The icons are the product's: a logo may have any shape."""
    owner = find_namespace(namespace)
    isp = find_isp(owner.isp_id) if owner and owner.isp_id else None
    theme = find_theme(keys.namespace(namespace))
    name = isp.name if isp else "Patchbay"
    return {
        "id": "/phone/",
        "name": name,
        "short_name": name,
        "start_url": "/phone/",
        "scope": "/phone/",
        "display": "standalone",
        "theme_color": theme.primary_color if theme else COLORS["primary_color"],
        "background_color": "#ffffff",
        "icons": [
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-512.png", "512x512", purpose="maskable"),
        ],
    }


def _icon(name: str, sizes: str, *, purpose: str = "any") -> dict[str, str]:
    return {"src": f"{ICONS}/{name}", "sizes": sizes, "type": "image/png", "purpose": purpose}
