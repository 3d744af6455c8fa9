"""What the embedded system's programs find in their environment and settings files: derived, never edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.settings import Paths, Settings

# botocore wants some; the embedded database takes any.
_AWS = {
    "AWS_ACCESS_KEY_ID": "embedded",
    "AWS_SECRET_ACCESS_KEY": "embedded",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def make_app_environment(settings: Settings, paths: Paths) -> dict[str, str]:
    """The control plane's settings (``chalicelib/settings.py``) for its embedded adapters."""
    return {
        **_AWS,
        "PATCHBAY_VAR": str(paths.var),
        "PATCHBAY_STAGE": "embedded",
        "PATCHBAY_TABLE_NAME": settings.table,
        "PATCHBAY_DYNAMODB_ENDPOINT": settings.dynamodb_url,
        "PATCHBAY_PLATFORM_DOMAIN": settings.domain,
        "PATCHBAY_PUBLIC_URL": settings.http_url,
        "PATCHBAY_MAIL_ADAPTER": "mailbox",
        "PATCHBAY_MAIL_DIR": str(paths.mail),
        "PATCHBAY_SECRETS_ADAPTER": "file",
        "PATCHBAY_SECRETS_DIR": str(paths.secrets),
        "PATCHBAY_FILES_ADAPTER": "directory",
        "PATCHBAY_FILES_DIR": str(paths.files),
        "PATCHBAY_QUEUE_ADAPTER": "directory",
        "PATCHBAY_QUEUE_DIR": str(paths.queue),
        "PATCHBAY_SPEECH_ADAPTER": "espeak",
        "PATCHBAY_DNS_ADAPTER": "file",
        "PATCHBAY_DNS_FILE": str(paths.dns),
        "PATCHBAY_MIGRATION_DELAY_S": "0",  # the release before was stopped
        "PATCHBAY_ALLOW_PRIVATE_GATEWAYS": "true",  # for the test gateway on loopback
    }


def admin_password_file(paths: Paths) -> Path:
    """Of the platform's admin, ``admin@`` the platform's domain, as made up on the first run."""
    return paths.secrets / "platform-admin-password"


def node_key_file(paths: Paths) -> Path:
    return paths.secrets / "node-key"


def seal_key_file(paths: Paths) -> Path:
    return paths.secrets / "seal-key"


def sbc_settings_file(paths: Paths) -> Path:
    return paths.run / "sbc.json"


def hook_settings_file(paths: Paths) -> Path:
    return paths.run / "hook.json"


def write_sbc_settings(settings: Settings, paths: Paths) -> None:
    """The settings file of Kamailio and rtpengine (``sbc/settings.py``)."""
    content: dict[str, Any] = {
        "run_dir": str(paths.sbc),
        "sip_address": settings.sip_host,
        "sip_port": settings.sip_port,
        "hook_port": settings.hook_port,
        "rtpengine_ng_port": settings.rtpengine_ng_port,
        "rtpengine_cli_port": settings.rtpengine_cli_port,
        "rtp_port_min": settings.rtp_port_min,
        "rtp_port_max": settings.rtp_port_max,
        "websocket": _websocket(settings),
    }
    sbc_settings_file(paths).write_text(json.dumps(content, indent=2) + "\n")


def _websocket(settings: Settings) -> dict[str, Any]:
    """Any page may connect: the consoles have no fixed origin here, and everything listens on loopback."""
    plain: dict[str, Any] = {"port": settings.websocket_port}
    if not settings.websocket_certificate:
        return plain
    return {
        **plain,
        "tls_port": settings.websocket_tls_port,
        "certificate": settings.websocket_certificate,
        "private_key": settings.websocket_private_key,
    }


def write_hook_settings(settings: Settings, paths: Paths, *, sbc_id: str) -> None:
    """The hook's settings file (``sbc/hook/settings.py``); the id is known once the SBC has its record."""
    content: dict[str, Any] = {
        "sbc_id": sbc_id,
        "node": settings.node,
        "data_dir": str(paths.hook),
        "seal_key_file": str(seal_key_file(paths)),
        "node_key_file": str(node_key_file(paths)),
        "kamailio_socket": str(paths.sbc / "kamailio.rpc"),
        "listen_port": settings.hook_port,
        "api_url": settings.http_url,
        "rtpengine_ng_port": settings.rtpengine_ng_port,
        "location_db": str(paths.sbc / "location.db"),
    }
    hook_settings_file(paths).write_text(json.dumps(content, indent=2) + "\n")
