"""Shortcuts to a populated API for handler tests: identities and the records they need."""

from __future__ import annotations

import os
import time
from typing import Any

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.ids import new_id
from tests.api_client import ApiClient


def an_id(prefix: str) -> str:
    return new_id(prefix, now_ms=time.time_ns() // 1_000_000, random_bytes=os.urandom(10))


def as_isp_admin(api: ApiClient, isp_id: str = "") -> ApiClient:
    """A client of an ISP's admin; without an id, of an ISP that nobody else knows."""
    identity = Identity(role="isp_admin", user_id=an_id("usr"), name="Ann", isp_id=isp_id or an_id("isp"))
    return api.as_token(issue_access_token(identity))


def a_gateway(**fields: Any) -> dict[str, Any]:
    return {"name": "primary", "host": "127.0.0.2", "port": 5080} | fields
