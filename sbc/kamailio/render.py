"""Makes a node's run directory ready and says how Kamailio and rtpengine are started in it.

A supervisor runs both commands in the foreground, each in a process group of its own, and ends the group: children of
a Kamailio whose first process was killed live on.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sbc.kamailio.peers import peer_names
from sbc.settings import SbcSettings

_SOURCE = Path(__file__).parent
_SCHEMAS = {
    "location_db": ("standard-create.sql", "usrloc-create.sql"),
    "dialog_db": ("standard-create.sql", "dialog-create.sql"),
}
_PRELOADED = ("sqlite_busy.c", "connection_limit.c")
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_DIALOG_VARS = """
DROP TABLE dialog_vars;
CREATE TABLE dialog_vars (
  hash_entry INTEGER NOT NULL, hash_id INTEGER NOT NULL, dialog_key VARCHAR(128) NOT NULL,
  dialog_value VARCHAR(512) NOT NULL,
  PRIMARY KEY (hash_entry, hash_id, dialog_key) ON CONFLICT REPLACE
) WITHOUT ROWID;
"""


class RenderError(RuntimeError):
    """The run directory can't be made ready: a missing name, a compiler's or Kamailio's own complaint."""


def prepare_kamailio(settings: SbcSettings) -> None:
    """Everything that must be true before each start; keeps registrations and dialogs of the run before."""
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    settings.database_dir.mkdir(parents=True, exist_ok=True)
    render_config(settings)
    build_preload(settings)
    create_databases(settings)
    remove_leftovers(settings)


def render_config(settings: SbcSettings) -> Path:
    """Writes the configuration below the run directory and returns its first file."""
    names = _names(settings)
    target = settings.run_dir / "kamailio"
    for source in sorted(_SOURCE.rglob("*.cfg")):
        rendered = target / source.relative_to(_SOURCE)
        rendered.parent.mkdir(parents=True, exist_ok=True)
        rendered.write_text(substitute(source.read_text(encoding="utf-8"), names=names, where=source.name))
    return target / "kamailio.cfg"


def substitute(text: str, *, names: dict[str, str], where: str) -> str:
    """Replaces every ``@NAME@``; raises RenderError for one without a value."""

    def value(match: re.Match[str]) -> str:
        try:
            return names[match.group(1)]
        except KeyError:
            raise RenderError(f"{where}: no value for @{match.group(1)}@") from None

    return re.sub(r"@([A-Z][A-Z0-9_]+)@", value, text)


def _names(settings: SbcSettings) -> dict[str, str]:
    limits, timers = settings.limits, settings.timers
    own = {each.name: getattr(settings, each.name) for each in dataclasses.fields(settings)}
    values = {**own, **dataclasses.asdict(limits), **dataclasses.asdict(timers)}
    advertised = f" advertise {settings.advertised_address}:{settings.sip_port}" if settings.advertised_address else ""
    values |= {
        "advertise": advertised,
        "database_dir": settings.database_dir,
        "public_address": settings.public_address,
        "ring_limit_ms": timers.ring_limit_s * 1000,
        "early_dialog_s": timers.ring_limit_s + 60,
        # a phone's connection must outlive its registration
        "tcp_lifetime_s": timers.max_expires_s + 30,
    }
    values |= _websocket_names(settings)
    values |= peer_names(settings)
    return {name.upper(): str(value) for name, value in values.items()}


def _websocket_names(settings: SbcSettings) -> dict[str, object]:
    """``websocket_switches`` decides which parts of the configuration Kamailio reads at all."""
    websocket = settings.websocket
    switches, listeners = [], []
    for address in settings.phone_addresses:
        for transport, port in (("tcp", websocket.port), ("tls", websocket.tls_port), ("tls", settings.tls.port)):
            if port:
                advertised = f" advertise {settings.advertised_address}:{port}" if settings.advertised_address else ""
                listeners.append(f"listen={transport}:{address}:{port}{advertised}")
    if websocket.in_use:
        switches.append("#!define WITH_WEBSOCKET")
    if websocket.tls_port or settings.tls.port:
        switches += ["#!define WITH_TLS", "enable_tls=yes"]
    if websocket.origins:
        switches.append("#!define WITH_ORIGINS")
    return {
        "websocket_switches": "\n".join(switches),
        "websocket_listeners": "\n".join(listeners),
        "websocket_port": websocket.port,
        "websocket_tls_port": websocket.tls_port,
        "websocket_certificate": websocket.certificate,
        "websocket_private_key": websocket.private_key,
        "websocket_origins": ",".join(websocket.origins),
        "websocket_keepalive_s": websocket.keepalive_s,
    }


def build_preload(settings: SbcSettings) -> Path:
    """The library Kamailio is started with: the settings' own, or one compiled here when its sources are newer."""
    sources = [_SOURCE / name for name in _PRELOADED]
    library = preload_path(settings)
    if settings.preload is not None:
        if not library.exists():
            raise RenderError(f"preload: there is no {library}")
        return library
    if library.exists() and library.stat().st_mtime >= max(source.stat().st_mtime for source in sources):
        return library
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise RenderError(f"{library}: no C compiler found")
    sqlite = Path("/usr/lib/x86_64-linux-gnu/libsqlite3.so.0")
    command = [compiler, "-O2", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, *sources, sqlite]
    _run([str(each) for each in command], what=str(library))
    return library


def preload_path(settings: SbcSettings) -> Path:
    return settings.preload or settings.run_dir / "preload.so"


def create_databases(settings: SbcSettings) -> None:
    """Creates what is missing, or damaged by a power cut, from the schemas that come with Kamailio. Raises RenderError
    when that can't be told now: calls and registrations aren't given up for a full disk."""
    for name, schemas in _SCHEMAS.items():
        database: Path = getattr(settings, name)
        if _is_sound(database):
            continue
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        draft = database.with_suffix(".new")
        draft.unlink(missing_ok=True)
        try:
            _create_database(draft, [settings.schema_dir / schema for schema in schemas], narrow=name == "dialog_db")
        except sqlite3.Error as error:
            raise RenderError(f"{database}: {error}") from error
        draft.replace(database)


def _create_database(path: Path, schemas: list[Path], *, narrow: bool) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for schema in schemas:
            connection.executescript(schema.read_text(encoding="utf-8"))
        if narrow:
            _narrow_dialog_vars(connection)


def _narrow_dialog_vars(connection: sqlite3.Connection) -> None:
    """Variables of calls by their key alone. As it comes with Kamailio, the table has a number and an index beside it:
    two trees to write for each variable of each call."""
    connection.executescript(_DIALOG_VARS)


def _is_sound(database: Path) -> bool:
    if not database.exists():
        return False
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection:
        try:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _DAMAGED:  # the rest of an extended code says where
                return False
            raise RenderError(f"{database}: {error}") from error


def remove_leftovers(settings: SbcSettings) -> None:
    """A stale pid file may name a live process, and contacts reached by a connection lost it with the process."""
    for stale in (settings.pid_file, settings.rpc_socket, settings.control_socket):
        stale.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(settings.location_db, timeout=5)) as connection, connection:
        # a contact that a peer has told of has no socket here, and may still be connected there
        connection.execute("DELETE FROM location WHERE socket NOT LIKE 'udp:%'")


def check_config(settings: SbcSettings) -> None:
    """Kamailio's own check of the rendered configuration; raises RenderError with what it printed."""
    config = settings.run_dir / "kamailio" / "kamailio.cfg"
    _run(["kamailio", "-c", "-f", str(config)], what=str(config))


def kamailio_command(settings: SbcSettings) -> tuple[list[str], dict[str, str]]:
    """Arguments, and what to add to the environment."""
    arguments = ["kamailio", "-f", str(settings.run_dir / "kamailio" / "kamailio.cfg")]
    arguments += ["-P", str(settings.pid_file), "-Y", str(settings.run_dir)]
    arguments += ["-m", str(settings.shared_memory_mb), "-M", str(settings.process_memory_mb), "-DD", "-E"]
    return arguments, {
        "LD_PRELOAD": str(preload_path(settings)),
        "PATCHBAY_CONNECTIONS_PER_ADDRESS": str(settings.limits.connections_per_address),
    }


def rtpengine_command(settings: SbcSettings) -> list[str]:
    """Userspace forwarding; a call without media is told to the hook, which ends it."""
    return [
        "rtpengine",
        "--config-file=none",
        "--table=-1",
        f"--interface={_media_interface(settings)}",
        f"--listen-ng=127.0.0.1:{settings.rtpengine_ng_port}",
        f"--listen-cli=127.0.0.1:{settings.rtpengine_cli_port}",
        f"--port-min={settings.rtp_port_min}",
        f"--port-max={settings.rtp_port_max}",
        f"--timeout={settings.timers.dead_media_s}",
        f"--silent-timeout={settings.timers.silent_media_s}",
        f"--b2b-url=http://127.0.0.1:{settings.hook_port}/media-timeout",
        "--xmlrpc-format=2",
        "--delete-delay=0",
        f"--num-threads={settings.rtp_threads}",
        f"--media-num-threads={settings.rtp_threads}",
        "--log-level=5",
        "--log-level-core=6",  # the packets of each stream, once the call is over
        "--foreground",
        "--log-stderr",
    ]


def _media_interface(settings: SbcSettings) -> str:
    if not settings.advertised_address:
        return settings.sip_address
    return f"{settings.sip_address}!{settings.advertised_address}"


def _run(command: list[str], *, what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (a fixed command)
    if done.returncode != 0:
        raise RenderError(f"{what}: {done.stdout}{done.stderr}")
