"""Going back: today's code meets what a later release has written, which it doesn't know.

The rule of docs/adr/0009-migrations.md rests on this: a later release may add attributes, fields inside stored JSON,
items of new kinds under keys of their own, fields of parts and of call records; an earlier one reads past them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.part_reader import parse_part, read_subscriber
from chalicelib.domain.parts import SubscribersPart
from tests.calls_world import a_provider
from tests.golden.own_database import TABLE, OwnDatabase
from tests.golden.release import Json, releases, upgraded
from tests.golden.upgraded_api import UpgradedApi

LATER: Json = {
    "later_text": {"S": "x"},
    "later_number": {"N": "7"},
    "later_nothing": {"NULL": True},
    "later_list": {"L": [{"S": "x"}]},
    "later_map": {"M": {"x": {"N": "1"}}},
    "later_bytes": {"B": b"x"},
    "later_set": {"SS": ["x"]},
}
KEYS = ("PK", "SK", "GSI1PK", "GSI1SK", "kind")
RELEASE = releases()[-1]


def with_later_attributes(item: Json) -> Json:
    return item | LATER


def with_later_fields(value: Any) -> Any:
    """In the object itself, and in those of its lists at any depth: an object inside may be a map, whose names say
    something, or a proof, which is sealed by its digest."""
    if isinstance(value, dict):
        return {name: _in_lists(one) for name, one in value.items()} | {"later": {"x": [1]}}
    return _in_lists(value)


def _in_lists(value: Any) -> Any:
    if isinstance(value, list):
        return [with_later_fields(one) if isinstance(one, dict) else one for one in value]
    return value


def with_later_json(item: Json) -> Json:
    """Attributes that hold JSON objects, or lists of them."""
    return {name: value if name in KEYS else _later_json(value) for name, value in item.items()}


def _later_json(value: Json) -> Json:
    text = value.get("S", "")
    if not text.startswith(("{", "[{")):
        return value
    try:
        found = json.loads(text)
    except ValueError:
        return value
    return {"S": json.dumps(with_later_fields(found))}


def of_a_later_kind(item: Json) -> Json:
    """Beside the one that is there, in the same partition, as a kind that nobody knows."""
    unlisted = {name: value for name, value in item.items() if not name.startswith("GSI1")}
    return unlisted | {"SK": {"S": f"LATER#{item['SK']['S']}"}, "kind": {"S": "Later"}}


@pytest.fixture(params=["attributes", "json"])
def later(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[UpgradedApi, OwnDatabase]]:
    change = {"attributes": with_later_attributes, "json": with_later_json}[request.param]
    items = [change(item) for item in RELEASE.fresh_items()]
    with upgraded(RELEASE, items, tmp_path) as database:
        yield UpgradedApi(RELEASE), database


def test_everything_is_read_past_what_a_later_release_has_added(later: tuple[UpgradedApi, OwnDatabase]) -> None:
    found, _ = later

    assert "\n".join(found.differences()) == ""


def test_people_log_in_and_calls_are_rated_past_what_a_later_release_has_added(
    later: tuple[UpgradedApi, OwnDatabase],
) -> None:
    found, _ = later
    secrets = found.secrets
    login = {"namespace": "acmetel", "email": secrets["admin_email"], "password": secrets["admin_password"]}
    subscriber = {"address": f"alice@{found.ids['domain']}", "password": secrets["softphone_password"]}

    found.api.post("/auth/login", login).expect(200)
    found.api.post("/auth/subscriber-login", subscriber).expect(200)
    found.api.post("/auth/refresh", {"refresh_token": secrets["admin_refresh"]}).expect(200)
    for call_id in found.release.manifest["calls"].values():
        found.admin.post(f"/calls/{call_id}/rate-again").expect(200)


def test_a_record_that_is_changed_meanwhile_loses_what_this_release_does_not_know(tmp_path: Path) -> None:
    """So what a later release adds must be right without: that is the rule, and this is why."""
    with upgraded(RELEASE, [with_later_attributes(item) for item in RELEASE.fresh_items()], tmp_path) as database:
        found = UpgradedApi(RELEASE)
        path = f"{found.tenant}/subscribers/{found.ids['subscriber_id']}"
        version = found.admin.get(path).expect(200)["version"]
        found.admin.patch(path, {"name": "Zoe"}, version=version).expect(200)
        [changed] = [item for item in database.items() if item.get("id", {}).get("S") == found.ids["subscriber_id"]]

    assert changed["name"]["S"] == "Zoe"
    assert not LATER.keys() & changed.keys()


def test_items_of_a_later_kind_in_keys_of_their_own_are_in_nobodys_way(tmp_path: Path) -> None:
    """Partitions that hold one kind alone, such as a ledger's month or a feed, take no other: they are read whole."""
    shared = ("PLATFORM", "ISP#", "TENANT#", "CUSTOMER#")
    items = RELEASE.fresh_items()
    mixed = [item for item in items if item["PK"]["S"].startswith(shared) and item["PK"]["S"].count("#") <= 1]
    with upgraded(RELEASE, [*items, *map(of_a_later_kind, mixed)], tmp_path) as database:
        assert database.client.describe_table(TableName=TABLE)
        found = UpgradedApi(RELEASE)

        assert list(found.differences()) == []


def test_parts_of_a_later_release_are_read_past_what_it_has_added() -> None:
    parts = [answer["body"] for answer in RELEASE.answers if answer["route"] == "part"]

    assert len(parts) > 4
    for part in parts:
        later, today = parse_part(with_later_fields(part)), parse_part(part)
        if isinstance(today, SubscribersPart):
            assert isinstance(later, SubscribersPart)
            people = [[read_subscriber(one) for one in found.by_id.values()] for found in (later, today)]
            assert people[0] == people[1] != []
        else:
            assert later == today


def test_the_record_of_a_node_of_a_later_release_is_stored_without_what_it_has_added(dynamodb: str) -> None:
    from tests.api_client import ApiClient

    provider = a_provider(ApiClient())
    call = provider.outbound()
    trace = call.pop("trace")

    [result] = provider.send(with_later_fields(call) | {"trace": trace})

    assert result["status"] == "stored", result
    [charge] = provider.charges(call["call_id"])
    assert charge["state"] == "rated"
