"""Serves the test page, bundled with JsSIP, from loopback: a page from there may use the microphone."""

from __future__ import annotations

import contextlib
import functools
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local.settings import ROOT

_PAGE = Path(__file__).parent / "page"
_MODULES = ROOT / "local" / "node" / "node_modules"


@contextlib.contextmanager
def serving_page(directory: Path) -> Iterator[str]:
    """The page's address; the bundle is built in ``directory``."""
    build_page(directory)
    handler = functools.partial(_QuietHandler, directory=str(directory))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def build_page(directory: Path) -> None:
    shutil.copy(_PAGE / "index.html", directory)
    subprocess.run(
        [
            str(_MODULES / "@esbuild" / "linux-x64" / "bin" / "esbuild"), str(_PAGE / "phone.js"), "--bundle",
            "--platform=browser", "--define:global=window", "--log-level=warning",
            f"--outfile={directory / 'phone.js'}",
        ],
        env={"NODE_PATH": str(_MODULES)},
        check=True,
    )  # fmt: skip


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """A page that isn't there shows in the test."""
