"""Runs sipp scenarios and reads what they sent and received."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port, has_port, users_of
from tests.sip.stack import DOMAIN, wait_until

SCENARIOS = Path(__file__).parent / "scenarios"


@dataclass
class Sipp:
    """One sipp that runs; ``messages`` are the SIP messages it has received."""

    process: subprocess.Popen[bytes]
    port: int
    address: str
    trace: Path
    output: Path

    @property
    def where(self) -> str:
        return f"{self.address}:{self.port}"

    @property
    def messages(self) -> list[str]:
        return self._traced("received")

    @property
    def sent(self) -> list[str]:
        return self._traced("sent")

    def received(self, start: str) -> list[str]:
        """Messages whose first line begins so, e.g. "INVITE" or "SIP/2.0 183"."""
        return [each for each in self.messages if each.startswith(start)]

    def finish(self, timeout_s: float = 15.0) -> None:
        """Fails unless the scenario went as written."""
        code = self.process.wait(timeout=timeout_s)
        assert code == 0, f"sipp ended with {code}: {self.story()}"

    def has_its_port(self) -> bool:
        return has_port(self.process.pid, self.address, self.port)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def story(self) -> str:
        trace = self.trace.read_text(errors="replace") if self.trace.exists() else "no messages"
        return trace[-8000:] + self.output.read_text(errors="replace")[-3000:]

    def reason(self) -> str:
        """The last thing it complained of."""
        said = re.findall(r"^\d{4}-\d\d-\d\d\t\S+\t\S+: (.*)", self.output.read_text(errors="replace"), re.MULTILINE)
        return str(said[-1]) if said else f"status {self.process.poll()}"

    def _traced(self, direction: str) -> list[str]:
        text = self.trace.read_text(errors="replace") if self.trace.exists() else ""
        parts = re.split(r"^-{20,} .*$", text, flags=re.MULTILINE)
        found = [re.match(r"\s*\S+ message (received|sent).*?\n\n(.*)", part, re.DOTALL) for part in parts]
        return [each.group(2).replace("\r\n", "\n") for each in found if each and each.group(1) == direction]


@dataclass
class Lab:
    """Starts sipp against one SBC; all of them end with the test."""

    sip: str
    directory: Path

    def __post_init__(self) -> None:
        self.started: list[Sipp] = []

    def start(
        self, scenario: str, *, user: str = "alice", password: str = "", dialled: str = "bob", calls: int = 1,
        rate: int = 20, address: str = "127.0.0.1", port: int = 0, transport: str = "u1", timeout_s: int = 20,
        credentials_of: str = "",
    ) -> Sipp:  # fmt: skip
        port = port or free_port(address)
        name = f"{len(self.started)}-{scenario}"
        trace, output = self.directory / f"{name}.messages", self.directory / f"{name}.out"
        command = ["sipp", self.sip, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-m", str(calls), "-r", str(rate)]
        command += ["-i", address, "-p", str(port), "-t", transport, "-s", dialled, "-nostdin", "-mi", address]
        command += [
            "-key",
            "user",
            user,
            "-key",
            "domain",
            DOMAIN,
            "-au",
            credentials_of or user,
            "-ap",
            password or f"{user}-sip",
        ]
        command += [
            "-mp",
            str(free_port(address)),
            "-trace_msg",
            "-message_file",
            str(trace),
            "-timeout",
            f"{timeout_s}s",
            "-timeout_error",
        ]
        command += ["-cp", str(free_port())]
        with output.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.directory)
        sipp = Sipp(process=process, port=port, address=address, trace=trace, output=output)
        self.started.append(sipp)
        return sipp

    def listen(self, scenario: str, **options: object) -> Sipp:
        """A scenario that waits for a request, ready to get it."""
        sipp = self.start(scenario, **options)  # type: ignore[arg-type]
        wait_until(lambda: sipp.has_its_port() or sipp.process.poll() is not None, what=f"{scenario} listens")
        assert sipp.process.poll() is None, f"{scenario} ended: {sipp.reason()} ({users_of(sipp.port)})\n{sipp.story()}"
        return sipp

    def stop(self) -> None:
        for each in self.started:
            each.stop()
