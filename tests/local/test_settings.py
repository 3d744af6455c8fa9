from __future__ import annotations

import json
import socket
import stat
from pathlib import Path

import pytest

from local.settings import Paths, Settings, SettingsError, derive_ports, find_paths, find_used_ports, load_settings


def test_the_first_run_writes_the_defaults_and_the_second_reads_them(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "var")

    first = load_settings(paths, {})
    second = load_settings(paths, {})

    assert first == second == Settings()
    assert json.loads(paths.settings.read_text())["http_port"] == 8080


def test_secrets_and_mail_are_for_the_owner_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "var")

    load_settings(paths, {})

    assert {stat.S_IMODE(path.stat().st_mode) for path in (paths.secrets, paths.mail, paths.run)} == {0o700}


def test_two_copies_with_other_bases_share_no_port(tmp_path: Path) -> None:
    first = load_settings(Paths(tmp_path / "a"), {"PATCHBAY_PORT_BASE": "20000"})
    second = load_settings(Paths(tmp_path / "b"), {"PATCHBAY_PORT_BASE": "22100"})

    assert not {port for _, port in first.ports()} & {port for _, port in second.ports()}
    assert first.rtp_port_max < second.rtp_port_min


def test_a_port_base_that_differs_from_the_file_is_refused(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "var")
    load_settings(paths, {"PATCHBAY_PORT_BASE": "20000"})

    with pytest.raises(SettingsError, match="PORT_BASE=30000"):
        load_settings(paths, {"PATCHBAY_PORT_BASE": "30000"})

    assert load_settings(paths, {"PATCHBAY_PORT_BASE": "20000"}).http_port == 20000


@pytest.mark.parametrize("base", ["", "80", "x", "65000", "-5"])
def test_a_base_without_room_for_all_ports_is_refused(base: str) -> None:
    with pytest.raises(SettingsError, match="PORT_BASE"):
        derive_ports(base)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"http_port": "8080"}, "http_port: expected int"),
        ({"http_port": True}, "http_port: expected int"),
        ({"http_port": 80}, "http_port: 80"),
        ({"htp_port": 8080}, "htp_port"),
        ({"rtp_port_max": 20010}, "rtp_port_max"),
        ({"domain": "localhost"}, "domain"),
        ({"domain": "UPPER.example"}, "domain"),
        ({"websocket_certificate": "c.pem"}, "websocket_certificate: needs websocket_private_key"),
    ],
)
def test_a_broken_setting_is_named(tmp_path: Path, change: dict[str, object], named: str) -> None:
    paths = Paths(tmp_path)
    paths.settings.write_text(json.dumps(change))

    with pytest.raises(SettingsError, match=named):
        load_settings(paths, {})


def test_a_settings_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.settings.write_text("{")

    with pytest.raises(SettingsError, match=r"settings\.json"):
        load_settings(paths, {})


def test_the_environment_names_the_data_directory(tmp_path: Path) -> None:
    assert find_paths({"PATCHBAY_VAR": str(tmp_path / "b")}).var == tmp_path / "b"
    assert find_paths({}).var.name == "var"
    assert find_paths({"PATCHBAY_VAR": ""}).var.name == "var"


def test_a_used_port_is_reported_with_the_setting_to_change() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        used = find_used_ports(Settings(http_port=port))

    assert f"127.0.0.1:{port} is in use: change http_port" in used


def test_browser_phones_connect_encrypted_once_there_is_a_certificate() -> None:
    plain = Settings(websocket_port=5066)
    encrypted = Settings(websocket_tls_port=5067, websocket_certificate="c.pem", websocket_private_key="k.pem")

    assert plain.websocket_url == "ws://127.0.0.1:5066"
    assert encrypted.websocket_url == "wss://127.0.0.1:5067"
