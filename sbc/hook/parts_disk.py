"""The parts on a node's disk: one gzip file of raw JSON per part, replaced atomically.

Beside them, in ``untold``, lies what a part was before a change that Kamailio hasn't been told of: after a crash, what
it must forget can be found again.
"""

from __future__ import annotations

import contextlib
import logging
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

log = logging.getLogger(__name__)

SUFFIX = ".json.gz"


class PartsDisk:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._untold = directory / "untold"
        self._untold.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, key: str, packed: bytes) -> None:
        """The new content is there whole after a crash of this process, or the old one is.

        Not synced: that would make the journal's syncs, which calls wait for, queue behind dozens of others while a
        large tenant loads. What a power cut leaves broken fails its checksum, and is fetched again.
        """
        path = self._path(key)
        self._keep(path)
        draft = path.with_suffix(".tmp")
        draft.write_bytes(packed)
        draft.replace(path)

    def delete(self, key: str) -> None:
        path = self._path(key)
        self._keep(path)
        path.unlink(missing_ok=True)

    def forget_untold(self, keys: Iterable[str]) -> None:
        """Kamailio knows of the changes of these parts."""
        for key in keys:
            (self._untold / self._path(key).name).unlink(missing_ok=True)

    def read_all(self) -> Iterator[tuple[str, bytes]]:
        """Key and raw JSON of every part; a file that can't be read is passed over and logged."""
        return self._read(self._directory)

    def read_untold(self) -> Iterator[tuple[str, bytes]]:
        """The same of the parts as they were before changes that Kamailio wasn't told of."""
        return self._read(self._untold)

    def _keep(self, path: Path) -> None:
        """The oldest counts, if there are several changes before Kamailio is told."""
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            (self._untold / path.name).hardlink_to(path)

    def _read(self, directory: Path) -> Iterator[tuple[str, bytes]]:
        for path in sorted(directory.glob(f"*{SUFFIX}")):
            key = unquote(path.name.removesuffix(SUFFIX))
            try:
                yield key, zlib.decompress(path.read_bytes(), wbits=31)
            except (OSError, zlib.error) as error:
                log.warning("part on disk can't be read", extra={"key": key, "error": str(error)})

    def _path(self, key: str) -> Path:
        return self._directory / f"{quote(key, safe='')}{SUFFIX}"
