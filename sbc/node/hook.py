"""The hook's part of a boot: the machine becomes a node, once, and the hook gets its settings file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sbc.hook.enrol import EnrolError, Places, check_address, enrol
from sbc.node.keeper import Command, keep
from sbc.node.parts import make_hook_settings
from sbc.node.settings import NodeSettings, NodeSettingsError


async def keep_hook(settings: NodeSettings) -> int:
    await become_node(settings)
    return await keep("hook", lambda: prepare_hook(settings))


async def become_node(settings: NodeSettings) -> None:
    """Does nothing on a machine, or with a state volume, that is one. Raises NodeSettingsError."""
    places = Places(settings.state_dir)
    if places.enrolment.exists():
        return
    if not settings.enrolment_key:
        raise NodeSettingsError("PATCHBAY_ENROLMENT_KEY: missing, and this state directory belongs to no node yet")
    try:
        check_address(settings.api_url)
        await enrol(settings.api_url, settings.enrolment_key, places)
    except EnrolError as error:
        raise NodeSettingsError(f"PATCHBAY_ENROLMENT_KEY: not enrolled: {error}") from error


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
