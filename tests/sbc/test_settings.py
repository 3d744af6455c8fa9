from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sbc.hook.settings import SettingsError, parse_settings, read_seal_key, read_settings

GOOD: dict[str, Any] = {
    "sbc_id": "sbc_1",
    "node": "n1",
    "data_dir": "data",
    "seal_key_file": "seal.key",
    "kamailio_socket": "kamailio.rpc",
    "listen_port": 8081,
    "parts_dir": "parts",
}
JOINED = {"peers": ["10.0.0.2:7000"], "peer_listen": "10.0.0.1:7000"}


def test_settings_have_types_and_defaults() -> None:
    settings = parse_settings({**GOOD, "poll_interval_s": 2})

    assert settings.data_dir == Path("data")
    assert (settings.poll_interval_s, settings.listen_host, settings.max_duration_s) == (2.0, "127.0.0.1", 14400)


def test_peers_are_addresses_with_ports() -> None:
    settings = parse_settings({**GOOD, **JOINED, "peers": ["10.0.0.2:7000", "[fd00::3]:7001"]})

    assert settings.peer_addresses == (("10.0.0.2", 7000), ("fd00::3", 7001))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"listen_port": "8081"}, "listen_port: expected int, got str"),
        ({"listen_port": True}, "listen_port: expected int, got bool"),
        ({"colour": "red"}, "colour: no such setting"),
        ({"listen_host": "0.0.0.0"}, "listen_host: the hook answers without authentication"),
        ({"parts_dir": None}, "api_url: needed unless parts_dir is given"),
        ({"api_url": "http://127.0.0.1:1"}, "node_key_file: goes together with api_url"),
        ({"peers": "10.0.0.2:7000"}, "peers: expected a list of texts, got str"),
        ({"peers": [7000]}, "peers: expected a list of texts, got list"),
        ({"peers": ["10.0.0.2:7000"]}, "peer_listen: goes together with peers"),
        ({"peer_listen": "10.0.0.1:7000"}, "peer_listen: goes together with peers"),
        ({**JOINED, "peers": ["node-2:7000"]}, "peers: 'node-2:7000' is no address:port"),
        ({**JOINED, "peers": ["10.0.0.2"]}, "peers: '10.0.0.2' is no address:port"),
        ({**JOINED, "peers": ["10.0.0.2:0"]}, "peers: '10.0.0.2:0' has no port"),
        ({**JOINED, "peers": ["10.0.0.1:7000"]}, "peers: this node's own address is among them"),
        ({**JOINED, "peer_listen": "0.0.0.0:7000"}, "peer_listen: expected an address of the private network"),
        ({**JOINED, "peer_listen": "8.8.8.8:7000"}, "peer_listen: expected an address of the private network"),
        ({**JOINED, "peer_hold_s": 1.0}, "peer_hold_s: shorter than two of peer_interval_s"),
    ],
)
def test_an_error_names_the_field(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_settings({**GOOD, **change})


def test_a_missing_field_is_named() -> None:
    with pytest.raises(SettingsError, match="sbc_id"):
        parse_settings({name: value for name, value in GOOD.items() if name != "sbc_id"})


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{")

    with pytest.raises(SettingsError, match=r"settings\.json"):
        read_settings(path)


def test_the_seal_key_is_32_bytes_in_hex_or_base64url(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"

    keys = []
    for text in ("00" * 32, "A" * 43 + "\n"):
        path.write_text(text)
        keys.append(read_seal_key(path))
    path.write_text("AAAA")

    assert keys == [bytes(32)] * 2
    with pytest.raises(SettingsError, match="seal_key_file: 32 bytes expected, 3 found"):
        read_seal_key(path)


def test_the_directory_of_parts_serves_without_an_api(tmp_path: Path) -> None:
    from tests.sbc.conftest import usual_parts
    from tests.sbc.hook_process import HookClient, HookProcess, write_settings

    parts = tmp_path / "parts"
    parts.mkdir()
    for body in usual_parts():
        (parts / f"{body['key'].replace('/', '__')}.json").write_text(json.dumps(body))
    settings = write_settings(
        tmp_path, api_url="", kamailio=tmp_path / "none", parts_dir=str(parts), node_key_file=None
    )

    with HookProcess(settings) as hook:
        client = HookClient(hook.port)
        answer = client.invite("102")
        client.close()

    assert answer["action"] == "ring"
