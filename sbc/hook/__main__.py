"""``python -m sbc.hook settings.json``: runs until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from pathlib import Path

import uvloop

from sbc.hook import logs
from sbc.hook.node import Node
from sbc.hook.settings import Settings, SettingsError, read_settings

#: How long one thread keeps the interpreter's lock while another waits. A call passes through the loop and the journal
#: several times, each time behind the thread that decodes a large tenant; with Python's 5 ms that adds up to 80 ms.
SWITCH_INTERVAL_S = 0.0005


async def _run(settings: Settings) -> int:
    """The exit status: 0 when told to stop."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(status: int) -> None:
        if not stopped.done():
            stopped.set_result(status)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, 0)
    async with Node(settings, on_death=lambda: stop(1)):
        _spare_collector()
        return await stopped


def _spare_collector() -> None:
    """What is loaded by now stays: the collector needn't go through it again and again for the garbage of calls."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sbc.hook settings.json\n")
        return 2
    try:
        settings = read_settings(Path(arguments[0]))
        logs.configure(settings.log_level)
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        return uvloop.run(_run(settings))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
