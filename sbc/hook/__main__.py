"""``python -m sbc.hook settings.json``: runs until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from sbc.hook import logs
from sbc.hook.node import Node
from sbc.hook.settings import Settings, SettingsError, read_settings


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Node(settings):
        await stop.wait()


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sbc.hook settings.json\n")
        return 2
    try:
        settings = read_settings(Path(arguments[0]))
        logs.configure(settings.log_level)
        uvloop.run(_run(settings))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
