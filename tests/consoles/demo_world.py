"""An ISP that has gone the guide's sixteen steps, with phones that have really talked: data for pages to show."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from local.demo.api import Api
from local.demo.gateway_client import GatewayClient
from local.demo.state import Demo
from local.demo.steps import run_name, walk
from tests.local.systems import System


@contextmanager
def demo_world(system: System) -> Iterator[Demo]:
    settings = system.settings
    with tempfile.TemporaryDirectory(prefix="tour-") as directory:
        demo = Demo(
            settings=settings,
            paths=system.paths,
            run=run_name(at_ns=time.time_ns()),
            directory=Path(directory) / "phones",
            recordings=Path(directory) / "heard",
            public=Api(settings.http_url),
            gateway=GatewayClient(settings.gateway_url),
        )
        with ThreadPoolExecutor(1) as thread:  # Alice's browser wants a thread of its own
            results = thread.submit(walk, demo).result()
        assert all(result.ok for result in results), results[-1]
        yield demo
