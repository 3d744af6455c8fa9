from __future__ import annotations

from typing import Any

from chalicelib.domain.part_reader import parse_part
from chalicelib.domain.parts import Part, core_key, isp_key, subscribers_key
from sbc.hook.parts_store import PartChange
from sbc.hook.revocations import Revocations, find_revocations
from tests.domain.snapshots import DOMAIN, a_snapshot, a_subscriber, a_tenant, an_isp

NAMES = [f"user{n}" for n in range(12)]


def _parts(*, shards: int = 1, **fields: Any) -> dict[str, Part]:
    return dict(a_snapshot(an_isp(a_tenant(*map(a_subscriber, NAMES), shards=shards, **fields))).parts)


def _open_ha1(sealed: str, username: str, domain: str) -> str | None:
    return sealed.partition(":")[2] or None


def _find(before: dict[str, Part], after: dict[str, Part]) -> Revocations:
    keys = sorted(before.keys() | after.keys())
    changes = [PartChange(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]
    return find_revocations(changes, after, open_ha1=_open_ha1)


def test_dividing_a_tenant_into_more_shards_disturbs_nobody() -> None:
    found = _find(_parts(shards=1), _parts(shards=4))

    assert found.registrations == set()


def test_joining_shards_again_disturbs_nobody() -> None:
    found = _find(_parts(shards=4), _parts(shards=1))

    assert found.registrations == set()


def test_a_tenant_whose_parts_go_together_is_revoked_whole() -> None:
    before = _parts(shards=2)
    gone = {core_key("ten_acme"), subscribers_key("ten_acme", 0), subscribers_key("ten_acme", 1)}

    found = _find(before, {key: part for key, part in before.items() if key not in gone})

    assert found.registrations == {f"{name}@{DOMAIN}" for name in NAMES}


def test_a_resumed_isp_only_clears_what_was_cached_as_unknown() -> None:
    after = _parts()
    body = {"key": isp_key("isp_ring"), "version": 1, "isp_id": "isp_ring", "suspended": True}

    found = _find(after | {isp_key("isp_ring"): parse_part(body)}, after)

    assert found.names == {f"{name}@{DOMAIN}" for name in NAMES}
    assert found.registrations == set()


def test_a_renamed_subscriber_is_revoked_under_the_old_name_and_known_under_the_new() -> None:
    before = _parts()
    people = [{**a_subscriber(name), "username": "new" if name == "user3" else name} for name in NAMES]
    key = subscribers_key("ten_acme", 0)
    body = {"key": key, "version": 2, "tenant_id": "ten_acme", "subscribers": people}

    found = _find(before, before | {key: parse_part(body)})

    assert found.registrations == {f"user3@{DOMAIN}"}
    assert found.names == {f"user3@{DOMAIN}", f"new@{DOMAIN}"}
