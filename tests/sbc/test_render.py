from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sbc.kamailio import render
from sbc.settings import SbcSettings, WebSocket
from tests.conftest import ROOT

# The node was killed with a contact in SQLite's log, and the disk has filled up before it starts again.
FULL_DISK = """
import shutil, sqlite3, sys
from pathlib import Path
from sbc.kamailio import render
from tests.sbc.test_render import settings_for

disk = Path(sys.argv[1])
settings = settings_for(disk / "before")
settings.run_dir.mkdir()
render.create_databases(settings)
alive = sqlite3.connect(settings.location_db)
alive.execute("PRAGMA journal_mode=WAL")
with alive:
    alive.execute("INSERT INTO location (ruid, contact) VALUES ('a', '')")
after = settings_for(disk / "after")
after.run_dir.mkdir()
for path in (settings.location_db, settings.location_db.with_name("location.db-wal")):
    shutil.copy(path, after.run_dir)
filling = (disk / "filling").open("wb", buffering=0)
try:
    while filling.write(bytes(1024)):
        pass
except OSError:
    filling.close()
try:
    render.create_databases(after)
except render.RenderError as error:
    print(error)
(disk / "filling").unlink()
print(sqlite3.connect(after.location_db).execute("SELECT ruid FROM location").fetchall())
"""
_NO_BROWSERS = WebSocket()
_ONE_OF_TWO = {"peers": ("10.0.0.2",), "peer_address": "10.0.0.1", "service_addresses": ("127.0.0.1", "127.0.0.2")}


def settings_for(
    run_dir: Path, *, advertised_address: str = "", websocket: WebSocket = _NO_BROWSERS, **more: Any
) -> SbcSettings:
    return SbcSettings(
        run_dir=run_dir, sip_port=5060, hook_port=9000, rtpengine_ng_port=9001, rtpengine_cli_port=9002,
        rtp_port_min=10000, rtp_port_max=20000, advertised_address=advertised_address,
        websocket=websocket, **more,
    )  # fmt: skip


def test_no_name_is_left_in_the_rendered_configuration(tmp_path: Path) -> None:
    render.render_config(settings_for(tmp_path))

    rendered = "".join(path.read_text() for path in tmp_path.rglob("*.cfg"))
    assert "listen=udp:127.0.0.1:5060\n" in rendered
    assert "httpcon" in rendered
    assert "@SIP_PORT@" not in rendered


def test_a_public_address_is_advertised(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, advertised_address="198.51.100.7")
    render.render_config(settings)

    assert "advertise 198.51.100.7:5060" in (tmp_path / "kamailio" / "core.cfg").read_text()
    assert "--interface=127.0.0.1!198.51.100.7" in render.rtpengine_command(settings)


def test_there_is_no_websocket_and_no_tls_unless_asked_for(tmp_path: Path) -> None:
    render.render_config(settings_for(tmp_path))

    core = (tmp_path / "kamailio" / "core.cfg").read_text()
    assert [word for word in ("WITH_WEBSOCKET", "WITH_TLS", "enable_tls", "listen=tls") if word in core] == []


def test_browser_phones_have_listeners_of_their_own(tmp_path: Path) -> None:
    websocket = WebSocket(port=5066, tls_port=5067, certificate="c.pem", private_key="k.pem", origins=("https://a.b",))
    render.render_config(settings_for(tmp_path, advertised_address="198.51.100.7", websocket=websocket))

    core = (tmp_path / "kamailio" / "core.cfg").read_text()
    assert "listen=tcp:127.0.0.1:5066 advertise 198.51.100.7:5066\n" in core
    assert "listen=tls:127.0.0.1:5067 advertise 198.51.100.7:5067\n" in core
    assert "#!define WITH_TLS\nenable_tls=yes\n#!define WITH_ORIGINS\n" in core


def test_a_node_that_is_alone_shares_nothing(tmp_path: Path) -> None:
    render.render_config(settings_for(tmp_path))

    core = (tmp_path / "kamailio" / "core.cfg").read_text()
    modules = (tmp_path / "kamailio" / "modules.cfg").read_text()
    assert [line for line in core.splitlines() if line.startswith("listen=")] == [
        "listen=udp:127.0.0.1:5060",
        "listen=tcp:127.0.0.1:5060",
    ]
    assert "WITH_PEERS" not in core
    assert "dmqreplicate" not in modules


def test_one_of_two_nodes_listens_where_phones_may_come_and_shares_with_its_peers_alone(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, websocket=WebSocket(port=5066), **_ONE_OF_TWO)
    render.render_config(settings)

    core = (tmp_path / "kamailio" / "core.cfg").read_text()
    modules = (tmp_path / "kamailio" / "modules.cfg").read_text()
    peers = (tmp_path / "kamailio" / "routes" / "peers.cfg").read_text()
    assert {line for line in core.splitlines() if line.startswith("listen=")} == {
        "listen=udp:127.0.0.1:5060",
        "listen=tcp:127.0.0.1:5060",
        "listen=tcp:127.0.0.1:5066",
        "listen=udp:127.0.0.2:5060",
        "listen=tcp:127.0.0.2:5060",
        "listen=tcp:127.0.0.2:5066",
        "listen=udp:10.0.0.1:5070",
        "listen=udp:127.0.0.1:5070",
    }
    assert 'modparam("dmq", "server_address", "sip:10.0.0.1:5070")' in modules
    assert 'modparam("dmq", "notification_address", "sip:10.0.0.2:5070")' in modules
    assert '$sht(holder=>127.0.0.1) = "10.0.0.1";' in peers
    assert 'in_list("$si", "10.0.0.1,10.0.0.2", ",")' in peers


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(render.RenderError, match=r"some\.cfg: no value for @NOBODY@"):
        render.substitute("children=@NOBODY@", names={}, where="some.cfg")


def test_contacts_without_their_connection_are_forgotten_before_a_start(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    render.create_databases(settings)
    with contextlib.closing(sqlite3.connect(settings.location_db)) as connection, connection:
        # the last came from a peer, where it may still be connected
        for ruid, socket in (("a", "udp:127.0.0.1:5060"), ("b", "tcp:127.0.0.1:5060"), ("c", None)):
            connection.execute("INSERT INTO location (ruid, socket, contact) VALUES (?, ?, '')", (ruid, socket))

    render.remove_leftovers(settings)

    with contextlib.closing(sqlite3.connect(settings.location_db)) as connection:
        assert connection.execute("SELECT ruid FROM location").fetchall() == [("a",), ("c",)]


def test_a_database_that_cant_be_read_is_set_aside(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    settings.location_db.write_bytes(b"SQLite format 3\x00" + b"broken" * 500)

    render.create_databases(settings)

    with contextlib.closing(sqlite3.connect(settings.location_db)) as connection:
        assert connection.execute("SELECT count(*) FROM location").fetchone() == (0,)


def test_registrations_are_not_given_up_for_a_disk_that_is_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["unshare", "-Urm", "bash", "-c", 'mount -t tmpfs -o size=2m disk "$1" && exec "$2" -c "$3" "$1"',
         "bash", str(disk), sys.executable, FULL_DISK],
        capture_output=True, text=True, check=False, timeout=60, cwd=ROOT,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    told, left = done.stdout.splitlines()
    assert "location.db: " in told
    assert left == "[('a',)]"


def test_a_database_that_is_in_use_is_not_damaged(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    render.create_databases(settings)

    with contextlib.closing(sqlite3.connect(settings.location_db)) as user:
        user.execute("PRAGMA locking_mode=EXCLUSIVE")
        user.execute("INSERT INTO location (ruid, contact) VALUES ('a', '')")
        user.commit()
        with pytest.raises(render.RenderError, match="locked"):
            render.create_databases(settings)

        assert user.execute("SELECT count(*) FROM location").fetchone() == (1,)


def test_a_stale_pid_file_is_removed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    settings.pid_file.write_text("1")

    render.prepare_kamailio(settings)

    assert not settings.pid_file.exists()


@pytest.mark.sip
@pytest.mark.parametrize("websocket", [_NO_BROWSERS, WebSocket(port=5066, origins=("https://a.b",))])
@pytest.mark.parametrize("peers", [{}, _ONE_OF_TWO], ids=["alone", "one of two"])
def test_kamailio_accepts_the_configuration(tmp_path: Path, websocket: WebSocket, peers: dict[str, Any]) -> None:
    settings = settings_for(tmp_path, websocket=websocket, **peers)
    render.prepare_kamailio(settings)

    render.check_config(settings)
