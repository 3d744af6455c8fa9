"""The parts on a node's disk: one gzip file of raw JSON per part, replaced atomically."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

log = logging.getLogger(__name__)

SUFFIX = ".json.gz"


class PartsDisk:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, key: str, packed: bytes) -> None:
        """The new content is there whole after a crash of this process, or the old one is.

        Not synced: that would make the journal's syncs, which calls wait for, queue behind dozens of others while a
        large tenant loads. What a power cut leaves broken fails its checksum, and is fetched again.
        """
        path = self._path(key)
        draft = path.with_suffix(".tmp")
        draft.write_bytes(packed)
        draft.replace(path)

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def read_all(self) -> Iterator[tuple[str, bytes]]:
        """Key and raw JSON of every part; a file that can't be read is passed over and logged."""
        for path in sorted(self._directory.glob(f"*{SUFFIX}")):
            key = unquote(path.name.removesuffix(SUFFIX))
            try:
                yield key, zlib.decompress(path.read_bytes(), wbits=31)
            except (OSError, zlib.error) as error:
                log.warning("part on disk can't be read", extra={"key": key, "error": str(error)})

    def _path(self, key: str) -> Path:
        return self._directory / f"{quote(key, safe='')}{SUFFIX}"
