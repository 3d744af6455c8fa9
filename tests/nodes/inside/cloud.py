"""The control plane of these tests: database and API, where both nodes reach them, and an SBC with two nodes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.environment import make_app_environment
from local.health import AnswersHttp, HttpCheck
from local.programs import DYNOXIDE
from local.settings import ROOT, Paths, Settings
from tests.local.processes import wait_for
from tests.nodes.inside.network import CLOUD, SERVICE

SIP_PORT = 5060


@dataclass(frozen=True)
class Cloud:
    """Named like a ``System`` where ``tests/system`` looks for settings."""

    paths: Paths
    settings: Settings
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **make_app_environment(self.settings, self.paths)}

    def start(self) -> None:
        database = [str(DYNOXIDE), "serve", "--port", str(self.settings.dynamodb_port)]
        self._spawn("dynoxide", [*database, "--db-path", str(self.paths.database / "patchbay.sqlite")])
        wait_for(AnswersHttp(self.settings.dynamodb_url))
        self._python("-m", "local.bootstrap")
        self._spawn("api", [sys.executable, "-m", "local.front.serve"])
        wait_for(HttpCheck(f"{self.settings.http_url}/v1/health"), limit_s=30)

    def enrol(self, name: str) -> dict[str, str]:
        """``sbc_id``, ``node_key`` and ``seal_key`` of a node of the one SBC."""
        answer = self._python("-c", _ENROL, self.settings.sbc_name, name)
        found: dict[str, str] = json.loads(answer)
        return found

    def log(self, name: str) -> str:
        return (self.paths.log / f"{name}.log").read_text(errors="replace")[-6000:]

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _spawn(self, name: str, command: list[str]) -> None:
        with (self.paths.log / f"{name}.log").open("ab") as log:
            started = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.processes.append(started)


_ENROL = """
import json, sys
from chalicelib.storage.sbcs import find_sbc_by_name
from chalicelib.workflows.enrol_node import enrol_node
sbc = find_sbc_by_name(sys.argv[1])
node = enrol_node(sbc.id, sys.argv[2], replace=True)
print(json.dumps({"sbc_id": sbc.id, "node_key": node.node_key, "seal_key": node.seal_key}))
"""


@contextmanager
def running_cloud(var: Path) -> Iterator[Cloud]:
    """Its own node of the SBC is "a"; the other has to be enrolled too."""
    paths = Paths(var)
    settings = Settings(
        http_host=CLOUD, http_port=8080, sip_host=SERVICE["a"], sip_port=SIP_PORT, websocket_port=8088, node="a"
    )
    paths.create()
    paths.settings.write_text(json.dumps(asdict(settings)))
    cloud = Cloud(paths, settings)
    try:
        cloud.start()
        yield cloud
    finally:
        cloud.stop()
