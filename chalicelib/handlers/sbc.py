"""What the nodes of an SBC ask for: parts of its snapshot, what has changed, and "it is in force here"."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.clients.master_keys import master_keys
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.media_types import PART_TYPE
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.sbc import (
    AckBody,
    ChangesQuery,
    ChangesView,
    ChangeView,
    PartQuery,
    SealKeyBody,
    SealKeysView,
    SealKeyView,
    VersionsView,
)
from chalicelib.storage import feed
from chalicelib.storage.sbcs import record_ack, record_seal_key
from chalicelib.workflows.build_part import build_part
from chalicelib.workflows.show_seal_keys import seal_key_of, show_seal_keys

blueprint = Blueprint(__name__)


@endpoint(blueprint, "GET", "/sbc/parts", roles=("node",), query=PartQuery, summary="One part, gzip JSON with an ETag")
def part(call: Call[Any]) -> Response:
    known = re.fullmatch(r'(?:W/)?"(\d{1,15})"', call.headers.get("if-none-match", ""))
    version = feed.find_part_version(call.identity.sbc_id, call.query.key)
    if version is not None and known and int(known.group(1)) == version:
        return Response("", status_code=304, headers={"ETag": f'"{version}"'})
    found = build_part(call.query.key, call.identity.sbc_id, seal_key_id=call.identity.seal_key_id)
    if found is None:
        raise PatchbayError("part_not_found")
    headers: dict[str, str | list[str]] = {
        "Content-Type": PART_TYPE,
        "Content-Encoding": "gzip",
        "ETag": f'"{found["version"]}"',
        "Cache-Control": "no-store",
    }
    body = gzip.compress(json.dumps(found, separators=(",", ":")).encode(), compresslevel=5, mtime=0)
    return Response(body, status_code=200, headers=headers)


@endpoint(
    blueprint,
    "GET",
    "/sbc/changes",
    roles=("node",),
    query=ChangesQuery,
    out=ChangesView,
    summary="Which parts have changed, oldest first",
)
def changes(call: Call[Any]) -> ChangesView:
    found = feed.changes_after(call.identity.sbc_id, call.query.after)
    items = [ChangeView(id=change_id, key=part_key) for change_id, part_key in found.items]
    return ChangesView(changes=items, cursor=found.cursor)


@endpoint(
    blueprint,
    "GET",
    "/sbc/versions",
    roles=("node",),
    out=VersionsView,
    summary="The versions of all parts of this SBC",
)
def versions(call: Call[Any]) -> VersionsView:
    versions = feed.part_versions(call.identity.sbc_id)
    ids = [key.id for key in reversed(master_keys().ring().keys)]
    return VersionsView(versions=versions, seal_keys=ids, seal_key=call.identity.seal_key_id)


@endpoint(
    blueprint,
    "GET",
    "/sbc/seal-keys",
    roles=("node",),
    out=SealKeysView,
    summary="The seal keys of this SBC, newest first, sealed with the one that the node has",
)
def seal_keys(call: Call[Any]) -> SealKeysView:
    found = show_seal_keys(call.identity.sbc_id, held=call.identity.seal_key_id)
    return SealKeysView(keys=[SealKeyView(id=key_id, sealed=sealed) for key_id, sealed in found])


@endpoint(
    blueprint,
    "POST",
    "/sbc/seal-keys",
    roles=("node",),
    body=SealKeyBody,
    status=204,
    summary="This node has a seal key: its parts are sealed with it from now on",
    name="take_seal_key",
)
def take_seal_key(call: Call[SealKeyBody]) -> None:
    seal_key_of(call.identity.sbc_id, call.body.id)
    record_seal_key(call.identity.sbc_id, call.identity.user_id, call.body.id)


@endpoint(
    blueprint,
    "POST",
    "/sbc/acks",
    roles=("node",),
    body=AckBody,
    status=204,
    summary="All changes up to a cursor are in force on this node",
)
def acknowledge(call: Call[AckBody]) -> None:
    record_ack(call.identity.sbc_id, call.identity.user_id, call.body.cursor)
