"""``python -m local.demo``: walks the sixteen steps, prints a line for each, writes ``build/demo.json``."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from local.demo.api import Api
from local.demo.gateway_client import GatewayClient
from local.demo.report import show_what_next, write_report
from local.demo.state import Demo
from local.demo.steps import run_name, walk
from local.run import start_in_background, stop
from local.runner_lock import find_runner
from local.settings import ROOT, find_paths, load_settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave a system running that was started for this")
    parser.add_argument("--report", type=Path, default=ROOT / "build" / "demo.json", help="where the results go")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that phones and system are ended then too
    paths = find_paths()
    settings = load_settings(paths)
    started = find_runner(paths.run) is None
    if started and start_in_background(paths) != 0:
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="demo-") as directory:
            demo = Demo(
                settings=settings,
                paths=paths,
                run=run_name(at_ns=time.time_ns()),
                directory=Path(directory),
                recordings=arguments.report.parent / "demo",
                public=Api(settings.http_url),
                gateway=GatewayClient(settings.gateway_url),
            )
            results = walk(demo)
    finally:
        if started and not arguments.keep:
            stop(paths)
    write_report(results, arguments.report)
    passed = all(result.ok for result in results)
    if passed:
        show_what_next(demo, runs_on=not started or arguments.keep)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
