"""Today's hook on the disk of a node of every earlier release, left by kill -9: calls, records, parts, feed."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.schemas.cdrs import Cdr
from sbc.hook.feed import _read_cursor
from sbc.hook.journal import VERSION
from tests.golden.release import Release, releases
from tests.sbc.conftest import usual_parts
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings

LONG_S = 60.0  # on a busy machine


@dataclass(frozen=True)
class Node:
    release: Release
    api: FakeApi
    hook: HookProcess

    @property
    def calls(self) -> dict[str, str]:
        """Ids: rejected, waits (for the API), answered, ringing."""
        found: dict[str, str] = self.release.manifest["hook"]
        return found

    def record(self, name: str) -> dict[str, Any]:
        call_id = self.calls[name]
        self.api.wait_for(lambda: call_id in self.api.cdrs, timeout_s=LONG_S)
        return self.api.cdrs[call_id]

    def tell(self, event: str, name: str, **fields: Any) -> None:
        client = HookClient(self.hook.port)
        try:
            assert client.event(event, self.calls[name], **fields) == 204
        finally:
            client.close()


@pytest.fixture(params=releases(), ids=lambda release: release.version)
def release(request: pytest.FixtureRequest) -> Release:
    found: Release = request.param
    return found


@pytest.fixture
def node(release: Release, tmp_path: Path) -> Iterator[Node]:
    restore(release, tmp_path / "data")
    with FakeApi(usual_parts()) as api, FakeKamailio(tmp_path / "kamailio.rpc") as kamailio:
        settings = write_settings(
            tmp_path, api_url=api.url, kamailio=kamailio.path, reconcile_interval_s=60.0,
            reconcile_grace_s=10.0**9, max_ring_s=10**9,
        )  # fmt: skip
        kamailio.uptime_s = 10**9  # as if these calls were a moment old, and Kamailio had been up before
        yield Node(release, api, HookProcess(settings))


@pytest.fixture
def upgraded(node: Node) -> Iterator[Node]:
    with node.hook:
        yield node


def restore(release: Release, data: Path) -> None:
    left = release.directory / "hook"
    shutil.copytree(left, data, ignore=shutil.ignore_patterns("journal.sql"))
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection:
        connection.executescript((left / "journal.sql").read_text())


def test_a_record_that_waited_for_the_api_arrives_as_it_was_written(upgraded: Node) -> None:
    record = upgraded.record("waits")

    left = json.dumps((upgraded.release.directory / "hook/journal.sql").read_text())
    assert (record["hangup_by"], record["estimated"], record["sip_call_id"]) == ("callee", False, "waits@phone")
    assert record["answered_at"] is not None
    assert str(record["answered_at"]) in left
    assert Cdr.model_validate(with_real_ids(record))


def with_real_ids(record: dict[str, Any]) -> dict[str, Any]:
    """The tests' nodes have short ones."""
    text = re.sub(
        r'"(sbc|isp|ten|cus|sub|car|gw)_([a-z0-9]+)"(?!:)',
        lambda found: f'"{found[1]}_{found[2].upper().ljust(26, "0")}"',
        json.dumps(record),
    )
    read: dict[str, Any] = json.loads(text)
    return read


def test_calls_that_were_up_end_with_their_records(upgraded: Node) -> None:
    open_calls = json.loads(upgraded.hook.get("/calls")[1])["calls"]
    assert {call["call_id"] for call in open_calls} == {upgraded.calls["answered"], upgraded.calls["ringing"]}

    upgraded.tell("ended", "answered", by="caller")
    upgraded.tell("cancelled", "ringing", status=487)
    answered, ringing = upgraded.record("answered"), upgraded.record("ringing")

    assert (answered["hangup_by"], answered["estimated"], answered["direction"]) == ("caller", False, "internal")
    assert answered["answered_at"] is not None
    assert [leg["sip_status"] for leg in ringing["legs"]] == [503, 487]
    assert (ringing["sip_status"], ringing["answered_at"]) == (487, None)
    for record in (answered, ringing):
        assert Cdr.model_validate(with_real_ids(record))


def test_a_call_that_was_up_still_counts_against_its_limit(upgraded: Node) -> None:
    client = HookClient(upgraded.hook.port)
    busy = client.invite("102", user="carol")  # bob has one call at a time
    client.close()

    assert (busy["action"], busy["status"]) == ("reply", 486)


def test_records_that_were_refused_are_still_listed(upgraded: Node) -> None:
    listed = json.loads(upgraded.hook.get("/rejected")[1])["rejected"]

    assert [one["call_id"] for one in listed] == [upgraded.calls["rejected"]]


def test_calls_are_routed_from_the_parts_on_disk_while_the_api_is_down(node: Node) -> None:
    node.api.down = True

    with node.hook:
        client = HookClient(node.hook.port)
        ring = client.invite("101", user="carol")
        out = client.invite("+12092488701", user="alice")
        client.close()

    assert ring["targets"][0]["aor"].startswith("alice@")
    assert out["targets"][0]["uri"].endswith("@gw1.carrier.example:5060")


def test_the_feed_goes_on_from_where_it_was(release: Release, tmp_path: Path) -> None:
    restore(release, tmp_path / "data")

    assert _read_cursor(tmp_path / "data/feed-cursor") == release.manifest["hook"]["change"]


def test_the_journal_has_the_version_of_today_and_starts_again(node: Node, tmp_path: Path) -> None:
    with node.hook:
        node.record("waits")
    with closing(sqlite3.connect(tmp_path / "data/journal.sqlite")) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]

    with node.hook:
        open_calls = json.loads(node.hook.get("/calls")[1])["calls"]

    assert version == VERSION
    assert len(open_calls) == 2
