"""A hook process with a directory of parts, as a node has it; its settings are the defaults where it matters."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.programs import Programs, free_port
from chalicelib.domain.digest import ha1_md5
from local.health import HttpCheck
from sbc.hook.ha1 import seal_ha1
from tests.domain.snapshots import SBC_ID

SEAL_KEY = bytes(range(32))
NONCE = bytes(12)


def with_password(subscriber: dict[str, Any], *, domain: str, password: str) -> dict[str, Any]:
    """The subscriber with its HA1 sealed as the API does it. (The nonce is fixed: these secrets are nobody's.)"""
    username = subscriber["username"]
    ha1 = ha1_md5(username, domain, password)
    return subscriber | {"sip_ha1": seal_ha1(ha1, key=SEAL_KEY, username=username, domain=domain, nonce=NONCE)}


def write_parts(directory: Path, bodies: Iterable[dict[str, Any]]) -> None:
    """Packed as the API sends them."""
    directory.mkdir(exist_ok=True)
    for body in bodies:
        packed = gzip.compress(json.dumps(body, separators=(",", ":")).encode(), compresslevel=5, mtime=0)
        (directory / f"{body['key'].replace('/', '__')}.json.gz").write_bytes(packed)


def start_hook(programs: Programs, *, parts: Path, kamailio_socket: Path, port: int = 0, api_url: str = "") -> int:
    """The port of a healthy hook; ``api_url`` gets its call records."""
    port = port or free_port()
    home = programs.directory
    (home / "seal.key").write_text(SEAL_KEY.hex())
    settings: dict[str, Any] = {
        "sbc_id": SBC_ID,
        "node": "n1",
        "listen_port": port,
        "data_dir": str(home / "hook"),
        "seal_key_file": str(home / "seal.key"),
        "kamailio_socket": str(kamailio_socket),
        "parts_dir": str(parts),
    }
    if api_url:
        (home / "node.key").write_text("bench")
        settings |= {"api_url": api_url, "node_key_file": str(home / "node.key")}
    path = home / "hook.json"
    path.write_text(json.dumps(settings))
    programs.start_python("hook", "sbc.hook", str(path), check=HttpCheck(f"http://127.0.0.1:{port}/health"))
    return port
