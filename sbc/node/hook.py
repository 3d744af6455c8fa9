"""The hook's part of a boot: the machine becomes a node, once, and the hook gets its settings file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sbc.hook.aws_signing import AwsSigner
from sbc.hook.enrol import EnrolError, Places, check_address, enrol
from sbc.hook.http_client import HttpClient
from sbc.node.enrolment_key import wait_for_key
from sbc.node.keeper import Command, keep
from sbc.node.parts import make_hook_settings
from sbc.node.settings import NodeSettings, NodeSettingsError

_HTTP_S = 5.0


async def keep_hook(settings: NodeSettings) -> int:
    await become_node(settings)
    return await keep("hook", lambda: prepare_hook(settings))


async def become_node(settings: NodeSettings) -> None:
    """Does nothing on a machine, or with a state volume, that is one. Raises NodeSettingsError."""
    places = Places(settings.state_dir)
    if places.enrolment.exists():
        return
    if not settings.enrolment_key and not settings.enrolment_parameter:
        raise NodeSettingsError("PATCHBAY_ENROLMENT_KEY: missing, and this state directory belongs to no node yet")
    try:
        check_address(settings.api_url)
        await enrol(settings.api_url, settings.enrolment_key or await _key_of_parameter(settings), places)
    except EnrolError as error:
        raise NodeSettingsError(f"PATCHBAY_ENROLMENT_KEY: not enrolled: {error}") from error


async def _key_of_parameter(settings: NodeSettings) -> str:
    endpoint = f"https://ssm.{settings.region}.amazonaws.com"
    client = HttpClient(endpoint, headers={}, timeout_s=_HTTP_S)
    try:
        signer = AwsSigner(endpoint=endpoint, region=settings.region, service="ssm")
        return await wait_for_key(settings.enrolment_parameter, client=client, signer=signer)
    finally:
        await client.close()


def prepare_hook(settings: NodeSettings) -> Command:
    found = json.loads(Places(settings.state_dir).enrolment.read_text())
    enrolled = found["hook"] | {"stage": found["stage"]}
    settings.hook_dir.mkdir(parents=True, exist_ok=True)
    content = make_hook_settings(settings, enrolled=enrolled)
    return Command([sys.executable, "-m", "sbc.hook", str(write_settings(settings.run_dir / "hook.json", content))])


def write_settings(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path
