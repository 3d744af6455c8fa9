"""``python -m local.gateway --sip HOST:PORT --http HOST:PORT --peer HOST:PORT``: the test gateway, until it is ended.

Three threads: sippy's loop (this one), the media loop, and the HTTP control, which crosses over into sippy's.
"""

from __future__ import annotations

import argparse
import signal
import threading

from sippy.Core.EventDispatcher import ED2

from local.gateway.call_log import CallLog, CallRecord
from local.gateway.control import ControlServer
from local.gateway.media import Media
from local.gateway.sound import warm_up
from local.gateway.user_agent import Order, UserAgent


class CrossThreadAgent:
    """Runs the user agent's methods in sippy's thread and waits for them."""

    def __init__(self, agent: UserAgent) -> None:
        self._agent = agent

    def place(self, order: Order) -> CallRecord:
        record: CallRecord = ED2.callFromThreadSync(self._agent.place, order)
        return record

    def hang_up(self, call_id: str) -> None:
        ED2.callFromThreadSync(self._agent.hang_up, call_id)

    def hang_up_all(self) -> None:
        ED2.callFromThreadSync(self._agent.hang_up_all)


def read_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.gateway", description=__doc__)
    for name in ("--sip", "--http", "--peer"):
        parser.add_argument(name, type=read_address, required=True, metavar="HOST:PORT")
    arguments = parser.parse_args()
    warm_up()
    log, media = CallLog(), Media(arguments.sip[0])
    agent = UserAgent(address=arguments.sip, peer=arguments.peer, media=media, log=log)
    server = ControlServer(arguments.http, agent=CrossThreadAgent(agent), log=log)
    threading.Thread(target=server.serve_forever, name="control", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        ED2.regSignal(number, agent.stop)
    agent.serve()
    server.shutdown()
    media.close()


if __name__ == "__main__":
    main()
