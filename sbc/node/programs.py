"""The programs of a node: how each is kept, and how it is known to work."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from sbc.kamailio.render import kamailio_command, prepare_kamailio, rtpengine_command
from sbc.node.health import Check, HttpCheck, RtpengineCheck, SipCheck
from sbc.node.keeper import Command, keep
from sbc.node.parts import make_sbc_settings, write_hook_settings
from sbc.node.settings import NodeSettings

_LOOPBACK = "127.0.0.1"


async def keep_kamailio(settings: NodeSettings) -> int:
    from sbc.node.drain import drain_node  # the image of rtpengine has none of the hook's packages

    def prepare() -> Command:
        sbc = make_sbc_settings(settings)
        ensure_certificate(settings)
        prepare_kamailio(sbc)
        return Command(*kamailio_command(sbc))

    return await keep("kamailio", prepare, drain=lambda: drain_node(settings))


def ensure_certificate(settings: NodeSettings) -> None:
    from sbc.node.own_certificate import write_own_certificate

    if not (settings.certificate.exists() and settings.private_key.exists()):
        names = settings.certificate_names or (settings.sip_address,)
        write_own_certificate(settings.certificate, settings.private_key, names=names, now=datetime.now(UTC))


async def keep_rtpengine(settings: NodeSettings) -> int:
    return await keep("rtpengine", lambda: Command(rtpengine_command(make_sbc_settings(settings))))


async def keep_hook(settings: NodeSettings) -> int:
    sbc_id = str(json.loads(settings.identity.read_text())["sbc_id"])

    def prepare() -> Command:
        settings.hook_dir.mkdir(parents=True, exist_ok=True)
        return Command([sys.executable, "-m", "sbc.hook", write_hook_settings(settings, sbc_id=sbc_id)])

    return await keep("hook", prepare)


PROGRAMS: dict[str, Callable[[NodeSettings], Coroutine[Any, Any, int]]] = {
    "kamailio": keep_kamailio,
    "rtpengine": keep_rtpengine,
    "hook": keep_hook,
}
CHECKS: dict[str, Callable[[NodeSettings], Check]] = {
    "kamailio": lambda settings: SipCheck(settings.sip_address, settings.sip_port),
    "rtpengine": lambda settings: RtpengineCheck(_LOOPBACK, settings.rtpengine_ng_port),
    "hook": lambda settings: HttpCheck(f"http://{_LOOPBACK}:{settings.hook_port}/health"),
}
