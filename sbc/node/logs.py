"""The part ``logs`` of a node without containers: nobody else brings its programs' lines to CloudWatch."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from sbc.hook.aws_signing import AwsSigner
from sbc.hook.http_client import HttpClient
from sbc.node.cloudwatch_logs import CloudWatchLogs
from sbc.node.journal import Journal
from sbc.node.log_shipper import LogShipper, Position
from sbc.node.settings import NodeSettings

_HTTP_S = 20.0
_MACHINE = Path("/etc/machine-id")


async def keep_logs(settings: NodeSettings) -> int:
    """Until it is told to stop. Without log groups, lines stay in the journal."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if settings.log_groups:
        await make_shipper(settings).run(stop)
    await stop.wait()
    return 0


def make_shipper(settings: NodeSettings) -> LogShipper:
    endpoint = settings.log_endpoint or f"https://logs.{settings.region}.amazonaws.com"
    signer = AwsSigner(endpoint=endpoint, region=settings.region, service="logs")
    groups = settings.log_groups_by_part
    return LogShipper(
        journal=Journal(tuple(groups)),
        logs=CloudWatchLogs(client=HttpClient(endpoint, headers={}, timeout_s=_HTTP_S), signer=signer),
        groups=groups,
        stream=settings.log_stream,
        position=Position(settings.log_position, _MACHINE.read_text().strip()),
    )
