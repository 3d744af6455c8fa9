"""Real softphones (baresip) under program control, which speak a tone and say which tone they heard."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

RATE_HZ = 8000
_MODULES = ("g711", "aufile", "aubridge", "sndfile", "ctrl_tcp")
_PACKETS = re.compile(r"^packets: +(\d+) +(\d+)", re.MULTILINE)
_APPLICATIONS = ("account", "menu", "contact")


class PhoneError(RuntimeError):
    """A phone didn't do what it was told in time; the message has its last events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``outbound`` is the SBC, "address:port"; ``port`` the phone's own, its RTP ports follow ``rtp_port``."""

    user: str
    domain: str
    password: str
    outbound: str
    port: int
    control_port: int
    rtp_port: int
    transport: Literal["udp", "tcp", "tls"] = "udp"
    answers: Literal["auto", "manual"] = "manual"
    address: str = "127.0.0.1"
    register_s: int = 300  # what it asks for; it registers again after nine tenths of it


@dataclass(frozen=True, slots=True)
class Heard:
    """What arrived at a phone: the loudest frequency, for how long, and the share of 20 ms pieces without it."""

    frequency_hz: float
    duration_s: float
    lost: float


@dataclass(frozen=True, slots=True)
class RtpStatistics:
    """Packets of one call, as the phone counted them; ``lost``: by sequence numbers, None if the phone doesn't tell."""

    sent: int
    received: int
    lost: int | None = None


@dataclass
class Phone:
    account: Account
    directory: Path
    tone_hz: int
    events: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> None:
        """Runs until ``stop``; registers at once, see ``wait_registered``."""
        self._write_files()
        self._changed = threading.Condition()
        with (self.directory / "log").open("wb") as log:
            command = ["baresip", "-s", "-f", str(self.directory)]  # -s: SIP messages into the log
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=self.directory
            )
        try:
            self._control = self._connect()
        except PhoneError:
            self._end_process()
            raise
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        self._end_process()
        self._control.close()

    def _end_process(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def wait_registered(self, *, timeout_s: float = 6.0) -> None:
        """From the log: the event may come before the control connection stands."""
        wait_until(
            lambda: "binding" in (self.directory / "log").read_text(errors="replace"),
            what=f"{self.account.user} registers",
            timeout_s=timeout_s,
        )

    def dial(self, called: str) -> None:
        target = called if called.startswith("sip:") else f"sip:{called}@{self.account.domain}"
        self._command("dial", target)

    def answer(self) -> None:
        self.wait("CALL_INCOMING")
        self._command("accept")

    def hang_up(self) -> None:
        self._command("hangup")

    def hold(self) -> None:
        self._command("hold")

    def resume(self) -> None:
        self._command("resume")

    def wait(self, event: str, *, count: int = 1, timeout_s: float = 6.0) -> dict[str, Any]:
        """The ``count``-th event of that type since the start: baresip's types, e.g. CALL_ESTABLISHED, CALL_CLOSED."""
        with self._changed:
            if self._changed.wait_for(lambda: len(self._find(event)) >= count, timeout=timeout_s):
                return self._find(event)[count - 1]
        seen = [each.get("type") or each for each in self.events]
        raise PhoneError(f"{self.account.user}: no {event} within {timeout_s} s, but {seen}")

    def forget(self) -> None:
        """Events and recordings so far."""
        self.events.clear()
        for recording in (self.directory / "dump").glob("*.wav"):
            recording.unlink()

    def heard(self) -> Heard:
        """Of the newest call; zeros if nothing arrived."""
        recording = self.recording()
        return measure(recording) if recording else Heard(frequency_hz=0.0, duration_s=0.0, lost=1.0)

    def statistics(self) -> list[RtpStatistics]:
        """Of the calls that are over, the oldest first."""
        found = _PACKETS.findall((self.directory / "log").read_text(errors="replace"))
        return [RtpStatistics(sent=int(sent), received=int(received)) for sent, received in found]

    def receives(self) -> bool:
        """Whether media arrives at the moment: baresip's recorder ends with the first hold, its meter doesn't."""
        rates = re.findall(r"audio=\d+/(\d+)", (self.directory / "log").read_text(errors="replace"))
        return bool(rates) and int(rates[-1]) > 0

    def recording(self) -> Path | None:
        """What the phone heard in its newest call so far; absent before anything arrived."""
        recordings = sorted((self.directory / "dump").glob("*dec.wav"), key=lambda path: path.stat().st_mtime)
        return recordings[-1] if recordings else None

    def _find(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each.get("type") == event]

    def _write_files(self) -> None:
        (self.directory / "dump").mkdir(parents=True, exist_ok=True)
        tone = self.directory / "tone.wav"
        write_tone(tone, frequency_hz=self.tone_hz, duration_s=20)
        account = self.account
        lines = [
            f"sip_listen {account.address}:{account.port}",
            "call_local_timeout 120",
            f"audio_source aufile,{tone}",
            "audio_player aubridge,player",
            "audio_alert aubridge,alert",
            f"rtp_ports {account.rtp_port}-{account.rtp_port + 20}",
            "rtp_stats yes",
            "snd_path dump",  # below its working directory: baresip cuts a recording's path at 128 characters
            "module_path /usr/lib/baresip/modules",
            *(f"module {name}.so" for name in _MODULES),
            *(f"module_app {name}.so" for name in _APPLICATIONS),
            f"ctrl_tcp_listen 127.0.0.1:{account.control_port}",
        ]
        (self.directory / "config").write_text("\n".join(lines) + "\n")
        (self.directory / "accounts").write_text(
            f"<sip:{account.user}@{account.domain};transport={account.transport}>;auth_pass={account.password};"
            f'regint={account.register_s};outbound="sip:{account.outbound};transport={account.transport}";'
            f"answermode={account.answers};audio_codecs=pcma,pcmu;ptime=20\n"
        )
        (self.directory / "contacts").touch()

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", self.account.control_port), timeout=None)
            time.sleep(0.02)
        raise PhoneError(f"{self.account.user}: baresip's control port didn't open")

    def _command(self, name: str, parameters: str = "") -> None:
        message = json.dumps({"command": name, "params": parameters, "token": name}).encode()
        self._control.sendall(b"%d:%s," % (len(message), message))

    def _listen(self) -> None:
        for message in _netstrings(self._control):
            with self._changed:
                self.events.append(json.loads(message))
                self._changed.notify_all()


def _netstrings(connection: socket.socket) -> Iterator[bytes]:
    buffer = b""
    while True:
        length, colon, rest = buffer.partition(b":")
        if colon and len(rest) > int(length):
            yield rest[: int(length)]
            buffer = rest[int(length) + 1 :]
            continue
        try:
            received = connection.recv(65536)
        except OSError:
            return
        if not received:
            return
        buffer += received


def write_tone(path: Path, *, frequency_hz: int, duration_s: int) -> None:
    samples = (round(8000 * math.sin(2 * math.pi * frequency_hz * n / RATE_HZ)) for n in range(RATE_HZ * duration_s))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


def measure(recording: Path) -> Heard:
    """Silence before the first sound isn't loss."""
    import numpy as np

    rate, samples = read_samples(recording)
    sound = samples.astype(float)
    frame = rate // 50
    loudness = np.abs(sound[: len(sound) // frame * frame].reshape(-1, frame)).max(axis=1)
    loud = np.flatnonzero(loudness > 500)
    if len(loud) < 10:
        return Heard(frequency_hz=0.0, duration_s=len(sound) / rate, lost=1.0)
    heard = sound[loud[0] * frame : (loud[-1] + 1) * frame]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    lost = 1 - len(loud) / (loud[-1] - loud[0] + 1)
    return Heard(
        frequency_hz=float(np.argmax(spectrum)) * rate / len(heard), duration_s=len(heard) / rate, lost=float(lost)
    )


def read_samples(recording: Path) -> tuple[int, Any]:
    """Rate and 16 bit samples of a mono WAV; its header may be unfinished."""
    import numpy as np

    content = recording.read_bytes()
    start = content.find(b"data") + 8
    rate = int.from_bytes(content[24:28], "little")
    return rate, np.frombuffer(content[start : start + (len(content) - start) // 2 * 2], dtype="<i2")


def wait_until(condition: Callable[[], bool], *, what: str, timeout_s: float = 8.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise PhoneError(f"{what}: not within {timeout_s} s")
        time.sleep(0.05)
