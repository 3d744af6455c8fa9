"""A release's items under the API of today: on a database of their own, as fresh as on the day they were made."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from chalicelib.domain.ids import RANDOM_BYTES, id_time_ms, new_id
from chalicelib.storage import metering
from tests.golden.make_release_items import RELEASES
from tests.golden.own_database import OwnDatabase, own_database

Json = dict[str, Any]
AGING = ("ttl", "expires_at")  # seconds
CHANGE = re.compile(r"\bchg_[0-9A-Z]{26}\b")


@dataclass(frozen=True)
class Release:
    version: str
    directory: Path

    @cached_property
    def manifest(self) -> Json:
        found: Json = json.loads((self.directory / "manifest.json").read_text())
        return found

    @cached_property
    def answers(self) -> list[Json]:
        """``role``, ``route``, ``path``, the body that was ``sent`` with a POST, and the ``body`` of the answer; of
        ``fresh_items``."""
        return [json.loads(line) for line in self._fresh_lines("answers.jsonl")]

    @cached_property
    def items(self) -> list[Json]:
        """As the client takes them."""
        return [_read(json.loads(line)) for line in (self.directory / "items.jsonl").read_text().splitlines()]

    @cached_property
    def age_s(self) -> int:
        return int(time.time()) - int(self.manifest["made_at"]) // 1000

    @property
    def secrets(self) -> dict[str, bytes]:
        found = json.loads((self.directory / "made-up-secrets.json").read_text())
        return {name: base64.b64decode(value) for name, value in found.items()}

    def fresh_items(self) -> list[Json]:
        """What expires does so as long from now as it did from then."""
        items = [_read(json.loads(line)) for line in self._fresh_lines("items.jsonl")]
        return [item | {name: _later(item[name], self.age_s) for name in AGING if name in item} for item in items]

    def _fresh_lines(self, name: str) -> list[str]:
        """Changes of the feed have ended by the instant in their ids."""
        return CHANGE.sub(self._later_change, (self.directory / name).read_text()).splitlines()

    def _later_change(self, found: re.Match[str]) -> str:
        made_at = id_time_ms(found[0]) + self.age_s * 1000
        return new_id("chg", now_ms=made_at, random_bytes=bytes(RANDOM_BYTES))[:-16] + found[0][-16:]


def releases() -> list[Release]:
    """The oldest first."""
    found = [Release(path.name, path) for path in RELEASES.iterdir() if path.is_dir()]
    return sorted(found, key=lambda release: [int(part) for part in release.version.split(".")])


def _read(item: Json) -> Json:
    return {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in item.items()}


def _later(value: Json, by_s: int) -> Json:
    at_s = int(value["N"])
    return {"N": str(at_s + by_s)} if at_s else value


@contextmanager
def upgraded(release: Release, items: list[Json], work: Path) -> Iterator[OwnDatabase]:
    """Today's API of this process on these items, until the end of the block."""
    before = dict(os.environ)
    with own_database(work) as database:
        database.put(items)
        database.secrets.mkdir(parents=True)
        for name, value in release.secrets.items():
            (database.secrets / name).write_bytes(value)
        os.environ.update(database.environment)
        forget_settings()
        try:
            yield database
        finally:
            os.environ.clear()
            os.environ.update(before)
            forget_settings()


def forget_settings() -> None:
    """What this process has kept of its settings, secrets and connections, and the count of a request's operations."""
    metering._cost.set(None)
    for name, module in list(sys.modules.items()):
        if name.startswith(("chalicelib", "local.front", "tests.api_client")):
            for found in vars(module).values():
                if callable(getattr(found, "cache_clear", None)):
                    found.cache_clear()


def unpacked(part: bytes) -> Json:
    found: Json = json.loads(gzip.decompress(part))
    return found
