"""A node as its task definition starts it: three containers of two images that share a state volume and /run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from sbc.node.settings import NodeSettings, read_node_settings
from tests.image.images import Image
from tests.image.root import Container
from tests.ports import free_port, rtp_ports
from tests.sip.stack import wait_until

USER_ID = 10600
ENROLMENT_KEY = "once-and-no-more"
START_S = 60.0
STATE, RUN = "/var/lib/patchbay", "/run/patchbay"


@dataclass
class ImageNode:
    """``directory`` gets the volume and the logs."""

    sbc: Image
    rtpengine: Image
    directory: Path
    api_url: str
    containers: dict[str, Container] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.volume, self.run_dir = self.directory / "volume", self.directory / "run"
        for path in (self.volume, self.run_dir):
            path.mkdir()
            os.chown(path, USER_ID, USER_ID)
        self.environment = {
            "PATCHBAY_API_URL": self.api_url,
            "PATCHBAY_ENROLMENT_KEY": ENROLMENT_KEY,
            "PATCHBAY_SIP_ADDRESS": "127.0.0.1",
            "PATCHBAY_SIP_PORT": str(free_port()),
            "PATCHBAY_TLS_PORT": str(free_port()),
            "PATCHBAY_WSS_PORT": str(free_port()),
            "PATCHBAY_HOOK_PORT": str(free_port()),
            "PATCHBAY_RTPENGINE_NG_PORT": str(free_port()),
            "PATCHBAY_RTPENGINE_CLI_PORT": str(free_port()),
            "PATCHBAY_RTP_PORTS": "{}-{}".format(*rtp_ports()),
            "PATCHBAY_SBC_SETTINGS": json.dumps({"shared_memory_mb": 64, "sip_workers": 2, "hook_workers": 4}),
        }

    @property
    def settings(self) -> NodeSettings:
        return read_node_settings(self.environment)

    def start(self, *parts: str) -> None:
        for part in parts:
            image = self.rtpengine if part == "rtpengine" else self.sbc
            self.containers[part] = image.root.start(
                [*image.stage.entrypoint, *image.stage.command], user=image.stage.user, directory=image.stage.directory,
                environment={**self.environment, "PATCHBAY_PART": part}, mounts={STATE: self.volume, RUN: self.run_dir},
                log=self.directory / f"{part}.log",
            )  # fmt: skip
        for part in parts:
            self.wait_healthy(part)

    def wait_healthy(self, part: str) -> None:
        try:
            wait_until(lambda: self.healthy(part), what=f"{part} is healthy", timeout_s=START_S)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.report()}") from error

    def healthy(self, part: str) -> bool:
        """The image's own health check."""
        image = self.rtpengine if part == "rtpengine" else self.sbc
        assert self.containers[part].process.poll() is None, self.report()
        check = image.root.start(
            image.stage.health, user=image.stage.user, directory=image.stage.directory,
            environment={**self.environment, "PATCHBAY_PART": part}, mounts={STATE: self.volume, RUN: self.run_dir},
            log=self.directory / "health.log",
        )  # fmt: skip
        return check.process.wait(timeout=30) == 0

    def run(self, argv: list[str], *, user: str = "") -> str:
        """What a command in the SBC's image prints, as its user or another."""
        log = self.directory / "command.log"
        image = self.sbc
        image.root.start(
            argv, user=user or image.stage.user, directory=image.stage.directory, environment=self.environment,
            mounts={STATE: self.volume, RUN: self.run_dir}, log=log,
        ).process.wait(timeout=120)  # fmt: skip
        output = log.read_text(errors="replace")
        log.unlink()
        return output

    def stop(self, part: str, *, within_s: float = 30.0) -> int:
        """As ECS stops a container; the exit status."""
        self.containers[part].signal(signal.SIGTERM)
        try:
            return self.containers[part].process.wait(timeout=within_s)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{part} didn't stop\n{self.report()}") from error

    def processes(self, part: str) -> dict[int, str]:
        """Command lines by process id, of all processes of a container, the first included."""
        mine = Path(f"/proc/{self.containers[part].first_process}/ns/pid").readlink()
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    if (entry / "ns/pid").readlink() == mine:
                        found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                except OSError:
                    continue
        return found

    def report(self) -> str:
        logs = sorted(self.directory.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-6000:]}" for path in logs)

    def kill(self) -> None:
        for container in self.containers.values():
            container.kill()
