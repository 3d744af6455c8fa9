from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sbc.settings import SettingsError, load_settings, read_settings

COMPLETE: dict[str, Any] = {
    "run_dir": "run",
    "sip_port": 5060,
    "hook_port": 9000,
    "rtpengine_ng_port": 9001,
    "rtpengine_cli_port": 9002,
    "rtp_port_min": 10000,
    "rtp_port_max": 20000,
}


def test_what_is_absent_has_a_default() -> None:
    settings = read_settings(COMPLETE)

    assert settings.sip_address == "127.0.0.1"
    assert settings.timers.dead_media_s == 60


def test_groups_may_be_given_in_part() -> None:
    settings = read_settings({**COMPLETE, "limits": {"ban_s": 7}})

    assert settings.limits.ban_s == 7
    assert settings.limits.max_contacts == 10


def test_browser_phones_are_off_unless_a_port_is_given() -> None:
    websocket = {"port": 5066, "origins": ["https://phone.example", "http://localhost:8080"]}

    assert not read_settings(COMPLETE).websocket.in_use
    assert read_settings({**COMPLETE, "websocket": websocket}).websocket.in_use


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sip_port": "5060"}, "sip_port: expected a number"),
        ({"sip_port": 0}, "sip_port: expected a port"),
        ({"sip_port": True}, "sip_port: expected a number"),
        ({"limits": {"ban_s": -1}}, "limits.ban_s: expected a number"),
        ({"limits": {"bans": 1}}, "limits.bans: no such setting"),
        ({"timers": 5}, "timers: expected an object"),
        ({"sip_adress": "127.0.0.1"}, "sip_adress: no such setting"),
        ({"rtp_port_max": 9999}, "rtp_port_max: must be above rtp_port_min"),
        ({"hook_port": 15000}, "hook_port: lies in the range of RTP ports"),
        ({"websocket": {"port": 70000}}, "websocket.port: expected a port"),
        ({"websocket": {"port": 5060}}, "websocket.port: 5060 has another use already"),
        ({"websocket": {"tls_port": 5061}}, "websocket.tls_port: needs websocket.certificate"),
        ({"websocket": {"port": 5061, "tls_port": 5061}}, "websocket.tls_port: must differ"),
        ({"tls": {"port": 5061}}, "tls.port: needs websocket.certificate"),
        ({"tls": {"port": 5060}}, "tls.port: 5060 has another use already"),
        (
            {"tls": {"port": 5061}, "websocket": {"tls_port": 5061, "certificate": "c", "private_key": "k"}},
            "tls.port: must differ",
        ),
        ({"websocket": {"origins": "https://a.test"}}, "websocket.origins: expected a list of texts"),
        ({"peers": ["10.0.0.2"]}, "peer_address: Address cannot be empty"),
        ({"service_addresses": ["127.0.0.2"]}, "peers: missing"),
        ({"peers": ["b.test"], "peer_address": "10.0.0.1"}, "peers: Expected 4 octets"),
        ({"peers": ["10.0.0.1"], "peer_address": "10.0.0.1"}, "peers: this node's own"),
        ({"peers": ["10.0.0.2"], "peer_address": "127.0.0.1"}, "peer_address: phones know this address"),
        (
            {"peers": ["127.0.0.2"], "peer_address": "10.0.0.1", "service_addresses": ["127.0.0.2"]},
            "peer_address: phones",
        ),
        (
            {"peers": ["10.0.0.2"], "peer_address": "10.0.0.1", "advertised_address": "192.0.2.1"},
            "advertised_address: ",
        ),
        ({"websocket": {"origins": ["https://a.test/"]}}, "websocket.origins: 'https://a.test/' is no origin"),
        ({"websocket": {"origins": ['https://a",b']}}, "websocket.origins"),
    ],
)
def test_an_error_names_the_field(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings({**COMPLETE, **change})


def test_a_missing_field_is_named() -> None:
    incomplete = {name: value for name, value in COMPLETE.items() if name != "hook_port"}

    with pytest.raises(SettingsError, match="hook_port: missing"):
        read_settings(incomplete)


def test_settings_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(COMPLETE))

    assert load_settings(path).sip_port == 5060


@pytest.mark.parametrize("content", ["[]", "{", ""])
def test_a_file_that_is_no_object_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)

    with pytest.raises(SettingsError, match=r"settings\.json"):
        load_settings(path)
