"""Shortcuts to a populated API for handler tests: identities and the records they need."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.ids import new_id
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.isps import Isp, put_new_isp
from chalicelib.storage.sbcs import FeedItem
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient


def an_id(prefix: str) -> str:
    return new_id(prefix, now_ms=time.time_ns() // 1_000_000, random_bytes=os.urandom(10))


def as_isp_admin(api: ApiClient, isp_id: str = "") -> ApiClient:
    """A client of an ISP's admin; without an id, of an ISP that nobody else knows."""
    identity = Identity(role="isp_admin", user_id=an_id("usr"), name="Ann", isp_id=isp_id or an_id("isp"))
    return api.as_token(issue_access_token(identity))


def a_gateway(**fields: Any) -> dict[str, Any]:
    return {"name": "primary", "host": "127.0.0.2", "port": 5080} | fields


def as_platform_admin(api: ApiClient) -> ApiClient:
    identity = Identity(role="platform_admin", user_id=an_id("usr"), name="Pat")
    return api.as_token(issue_access_token(identity))


def an_isp(*, namespace: str = "", currency: str = "USD") -> str:
    """The id of a stored ISP."""
    isp_id = an_id("isp")
    now = time.time_ns() // 1_000_000
    tx = Transaction()
    put_new_isp(
        tx,
        Isp(
            id=isp_id,
            version=1,
            created_at=now,
            updated_at=now,
            name="Example Telecom",
            namespace=namespace or isp_id[4:].lower(),
            currency=currency,
            country="US",
            time_zone="UTC",
        ),
    )
    tx.commit()
    return isp_id


def an_sbc(api: ApiClient, **fields: Any) -> str:
    body = {"name": an_id("name"), "address": "sbc.example:60110"} | fields
    made: dict[str, Any] = as_platform_admin(api).post("/platform/sbcs", body).expect(201)
    return str(made["id"])


def changes_of(sbc_id: str) -> list[str]:
    """The part keys in the SBC's change feed, oldest first."""
    return [item.part_key for item in database().all(FeedItem, keys.sbc_changes(sbc_id))]


def changed_by(sbc_id: str, work: Callable[[], Any]) -> set[str]:
    """The part keys that ``work`` leaves in the SBC's change feed."""
    known = len(changes_of(sbc_id))
    work()
    return set(changes_of(sbc_id)[known:])
