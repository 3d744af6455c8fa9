"""From a program to its log group: a real journald, the part ``logs`` as a process, and moto's CloudWatch Logs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from sbc.hook.emf import emf_line
from sbc.node.checks import check_logs
from sbc.node.settings import NodeSettings, NodeSettingsError, read_node_settings
from tests.local.processes import wait_for
from tests.sbc.journald import Journald, a_journald
from tests.sbc.local_sqs import REGION, LocalSqs, local_sqs

GROUPS = {part: f"/patchbay-dev/node/{part}" for part in ("hook", "kamailio", "logs")}
ROUTED = '{"at":1700000000.1,"level":"INFO","message":"call routed","call_id":"call_1","sip_call_id":"one@phone"}'
METRICS = emf_line({"LiveCalls": 2}, {"stage": "dev", "sbc": "west", "node": "a"}, at_ms=1_700_000_000_000)
PATIENCE_S = 60.0


@dataclass
class LogsPart:
    """``python -m sbc.node run logs``, as its unit runs it."""

    journald: Journald
    directory: Path
    environment: dict[str, str]
    process: subprocess.Popen[Any] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.directory / "logs.log"

    def start(self) -> None:
        command = [sys.executable, "-m", "sbc.node", "run", "logs"]
        self.process = self.journald.run(*command, log=self.log, environment={**os.environ, **self.environment})

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_S)

    @property
    def settings(self) -> NodeSettings:
        return read_node_settings(self.environment)


@pytest.fixture
def journald(tmp_path: Path) -> Iterator[Journald]:
    with a_journald(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSqs]:
    with local_sqs(tmp_path_factory.mktemp("moto")) as found:
        yield found


@pytest.fixture
def cloudwatch(server: LocalSqs) -> Iterator[Any]:
    """With empty log groups."""
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    client = boto3.client("logs", region_name=REGION, endpoint_url=server.url, **keys)
    for group in GROUPS.values():
        client.create_log_group(logGroupName=group)
    yield client
    for group in GROUPS.values():
        client.delete_log_group(logGroupName=group)


@pytest.fixture
def part(journald: Journald, cloudwatch: Any, tmp_path: Path) -> Iterator[LogsPart]:
    found = LogsPart(
        journald,
        tmp_path,
        {
            "PATCHBAY_STATE_DIR": str(tmp_path / "state"),
            "PATCHBAY_REGION": REGION,
            "PATCHBAY_LOG_GROUPS": ",".join(f"{part}={group}" for part, group in GROUPS.items()),
            "PATCHBAY_LOG_STREAM": "a",
            "PATCHBAY_LOG_ENDPOINT": cloudwatch.meta.endpoint_url,
            "PYTHONFAULTHANDLER": "1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        },
    )
    yield found
    if found.process is not None and found.process.poll() is None:
        found.end(signal.SIGABRT)  # for which it says where it is
    print(found.log.read_text(), journald.report(), sep="\n")


def arrived(cloudwatch: Any, part: str) -> list[str]:
    try:
        events = cloudwatch.get_log_events(logGroupName=GROUPS[part], logStreamName="a", startFromHead=True)["events"]
    except cloudwatch.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in events]


def wait_for_lines(cloudwatch: Any, part: str, expected: list[str]) -> None:
    wait_for(lambda: len(arrived(cloudwatch, part)) >= len(expected), limit_s=PATIENCE_S)
    assert arrived(cloudwatch, part) == expected


def test_a_line_arrives_once_as_it_was_written_also_after_a_restart(
    part: LogsPart, journald: Journald, cloudwatch: Any
) -> None:
    journald.write("patchbay-hook", f"{ROUTED}\n{METRICS}\n".encode())
    part.start()
    wait_for_lines(cloudwatch, "hook", [ROUTED, METRICS])

    assert part.end(signal.SIGTERM) == 0
    journald.write("patchbay-hook", b"while it was away\n")
    journald.write("patchbay-kamailio", b" 7(12) INFO: <script>: one@phone\n")
    part.start()

    wait_for_lines(cloudwatch, "hook", [ROUTED, METRICS, "while it was away"])
    wait_for_lines(cloudwatch, "kamailio", [" 7(12) INFO: <script>: one@phone"])
    wait_for(check_logs(part.settings), limit_s=PATIENCE_S)


def test_what_a_program_says_at_its_end_is_sent_before_the_part_ends(
    part: LogsPart, journald: Journald, cloudwatch: Any
) -> None:
    journald.write("patchbay-hook", b"begun\n")
    part.start()
    wait_for_lines(cloudwatch, "hook", ["begun"])

    journald.write("patchbay-hook", b"ended\n")
    assert part.end(signal.SIGTERM) == 0

    assert arrived(cloudwatch, "hook") == ["begun", "ended"]


def test_a_node_without_log_groups_leaves_its_lines_in_the_journal(part: LogsPart, journald: Journald) -> None:
    del part.environment["PATCHBAY_LOG_GROUPS"]
    part.start()
    assert part.process is not None
    wait_for(lambda: b"sbc.node" in Path(f"/proc/{part.process.pid}/cmdline").read_bytes(), limit_s=PATIENCE_S)

    assert check_logs(part.settings)()
    wait_for(lambda: _handles_sigterm(part.process.pid), limit_s=PATIENCE_S)
    assert part.end(signal.SIGTERM) == 0
    assert not part.settings.log_position.exists()


def _handles_sigterm(pid: int) -> bool:
    """Whether it has got so far (proc(5), SigCgt)."""
    status = Path(f"/proc/{pid}/status").read_text()
    [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_a_part_that_has_sent_nothing_lately_is_not_well(tmp_path: Path) -> None:
    environment = {
        "PATCHBAY_STATE_DIR": str(tmp_path), "PATCHBAY_REGION": REGION, "PATCHBAY_LOG_STREAM": "a",
        "PATCHBAY_LOG_GROUPS": "hook=/g",
    }  # fmt: skip
    settings = read_node_settings(environment)
    assert not check_logs(settings)()

    settings.log_position.parent.mkdir()
    settings.log_position.write_text("{}")
    assert check_logs(settings)()

    os.utime(settings.log_position, (0, 0))
    assert not check_logs(settings)()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PATCHBAY_LOG_GROUPS": "/patchbay-dev/node/hook"}, "PATCHBAY_LOG_GROUPS"),
        ({"PATCHBAY_LOG_GROUPS": "hook=/g", "PATCHBAY_REGION": REGION}, "PATCHBAY_LOG_STREAM"),
        ({"PATCHBAY_LOG_GROUPS": "hook=/g", "PATCHBAY_LOG_STREAM": "a"}, "PATCHBAY_REGION"),
    ],
)
def test_log_settings_that_cannot_be_used_are_named(environment: dict[str, str], told: str) -> None:
    with pytest.raises(NodeSettingsError, match=told):
        read_node_settings(environment)
