"""Today's Kamailio on the contacts that a node of each earlier release had when it was killed: phones stay there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.golden.release import Release, releases
from tests.ports import free_port
from tests.sip.stack import Stack, running_stack, wait_until

pytestmark = pytest.mark.sip


def restore(release: Release, database: Path, *, sip_port: int) -> None:
    """On the port of today's node, as if the phone had registered there a moment ago."""
    database.parent.mkdir(parents=True)
    left = (release.directory / "location.sql").read_text()
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(left.replace(f"127.0.0.1:{release.manifest['sip_port']}", f"127.0.0.1:{sip_port}"))
        with connection:
            connection.execute("UPDATE location SET expires = julianday('now') + 0.5, last_modified = julianday('now')")


def contact_of_alice(stack: Stack) -> str:
    return next((line for line in str(stack.rpc("ul.dump")).split("'") if line.startswith("sip:alice@")), "")


@pytest.mark.parametrize("release", releases(), ids=lambda release: release.version)
def test_a_phone_that_was_registered_by_an_earlier_release_stays_so(release: Release, tmp_path: Path) -> None:
    port = free_port()
    restore(release, tmp_path / "run/location.db", sip_port=port)

    with running_stack(tmp_path / "run", sip_port=port) as stack:  # answers before it has read them all
        once = wait_until(lambda: contact_of_alice(stack), what="alice's contact")
        stack.kill("kamailio")
        stack.start_kamailio()
        again = wait_until(lambda: contact_of_alice(stack), what="alice's contact after a kill")

    with closing(sqlite3.connect(tmp_path / "run/location.db")) as connection:
        [stored] = connection.execute("SELECT username, domain, contact FROM location").fetchall()
    assert once == again == stored[2] != ""
    assert stored[:2] == ("alice", "sbc.test")
