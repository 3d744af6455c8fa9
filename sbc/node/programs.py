"""The programs of a node: how each is kept, and how it is known to work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from sbc.kamailio.render import kamailio_command, prepare_kamailio, rtpengine_command
from sbc.node import checks
from sbc.node.health import Check
from sbc.node.keeper import Command, keep
from sbc.node.parts import make_sbc_settings
from sbc.node.settings import NodeSettings


async def keep_kamailio(settings: NodeSettings) -> int:
    from sbc.node.certificates import ensure_certificate  # the image of rtpengine has none of the hook's packages
    from sbc.node.drain import drain_node

    def prepare() -> Command:
        sbc = make_sbc_settings(settings)
        ensure_certificate(settings, now=datetime.now(UTC))
        prepare_kamailio(sbc)
        return Command(*kamailio_command(sbc))

    return await keep("kamailio", prepare, drain=lambda: drain_node(settings))


async def keep_rtpengine(settings: NodeSettings) -> int:
    return await keep("rtpengine", lambda: Command(rtpengine_command(make_sbc_settings(settings))))


async def keep_hook(settings: NodeSettings) -> int:
    from sbc.node import hook

    return await hook.keep_hook(settings)


async def keep_certificates(settings: NodeSettings) -> int:
    from sbc.node import certificates

    return await certificates.keep_certificates(settings)


async def keep_addresses(settings: NodeSettings) -> int:
    from sbc.node import addresses

    return await addresses.keep_addresses(settings)


async def keep_logs(settings: NodeSettings) -> int:
    from sbc.node import logs

    return await logs.keep_logs(settings)


PROGRAMS: dict[str, Callable[[NodeSettings], Coroutine[Any, Any, int]]] = {
    "kamailio": keep_kamailio,
    "rtpengine": keep_rtpengine,
    "hook": keep_hook,
    "certificates": keep_certificates,
    "addresses": keep_addresses,
    "logs": keep_logs,
}
CHECKS: dict[str, Callable[[NodeSettings], Check]] = {
    "kamailio": checks.check_kamailio,
    "rtpengine": checks.check_rtpengine,
    "hook": checks.check_hook,
    "certificates": checks.check_certificate,
    "addresses": checks.check_addresses,
    "logs": checks.check_logs,
}
