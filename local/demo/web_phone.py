"""Alice's browser: the phone console in a real Chromium, driven by clicking, with a microphone that plays a tone.

It does for the demo what ``local.phones.Phone`` does. What it says of a call comes from the SIP messages on the page's
own WebSocket, what was heard from the audio track that the page plays, packets from the browser's RTP statistics.
"""

from __future__ import annotations

import base64
import re
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.phones import Account, Heard, PhoneError, RtpStatistics, measure, write_tone

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

CHROMIUM = "/usr/bin/chromium"
RATE_HZ = 8000
PATIENCE_MS = 10_000
EARS = (Path(__file__).parent / "web_phone_ears.js").read_text()
_FINAL = re.compile(r"^SIP/2\.0 (\d{3}) ([^\r\n]*)")
_CSEQ = re.compile(r"^CSeq: *\d+ +(\w+)", re.MULTILINE | re.IGNORECASE)


@dataclass
class WebPhone:
    """``url``: of the phone console."""

    account: Account
    directory: Path
    tone_hz: int
    url: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def start(self, playwright: Playwright | None = None) -> None:
        """``playwright``: of a caller who has one already; a thread can have one alone."""
        from playwright.sync_api import sync_playwright

        self.directory.mkdir(parents=True, exist_ok=True)
        microphone = self.directory / "microphone.wav"
        write_tone(microphone, frequency_hz=self.tone_hz, duration_s=20)
        self._forgotten = 0
        driver = playwright or sync_playwright().start()
        self._own = None if playwright else driver
        self._browser = driver.chromium.launch(executable_path=CHROMIUM, args=_arguments(microphone))
        context = self._browser.new_context(permissions=["microphone"], locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(EARS)
        self.page = context.new_page()
        self.page.on("websocket", self._follow)

    def log_in(self) -> None:
        """Types address and softphone password, as the guide has it."""
        self.page.goto(f"{self.url}/login")
        self.page.get_by_label("Your SIP address").fill(f"{self.account.user}@{self.account.domain}")
        self.page.locator("input[type=password]").fill(self.account.password)
        self.page.get_by_role("button", name="Log in", exact=True).click()

    def wait_registered(self, *, timeout_s: float = 10.0) -> None:
        """The dot is green."""
        self.page.locator('[data-connection="registered"]').wait_for(timeout=timeout_s * 1000)

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)

    def stop(self) -> None:
        self._browser.close()
        if self._own:
            self._own.stop()

    def dial(self, called: str) -> None:
        self.page.get_by_label("Name, alias or number").fill(called)
        self.page.get_by_role("button", name="Call", exact=True).click()

    def answer(self) -> None:
        self.page.get_by_role("button", name="Answer", exact=True).click()

    def hang_up(self) -> None:
        self.page.get_by_role("button", name="Hang up", exact=True).click()

    def wait(self, event: str, *, count: int = 1, timeout_s: float = 10.0) -> dict[str, Any]:
        """The ``count``-th event of that type since ``forget``: those of baresip that ``read_event`` makes."""
        self._until(lambda: len(self._find(event)) >= count, what=event, timeout_s=timeout_s)
        return self._find(event)[count - 1]

    def forget(self) -> None:
        """Events and sounds so far."""
        self.events.clear()
        self._forgotten = int(self.page.evaluate("window.ears.calls.length"))

    def heard(self) -> Heard:
        recording = self.recording()
        return measure(recording) if recording else Heard(frequency_hz=0.0, duration_s=0.0, lost=1.0)

    def recording(self) -> Path | None:
        """What has arrived in the newest call so far."""
        found = self.page.evaluate("after => window.ears.samples(after)", self._forgotten)
        if not found:
            return None
        path = self.directory / "heard.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(base64.b64decode(found))
        return path

    def statistics(self) -> list[RtpStatistics]:
        """Of the calls that are over; what was lost is told by RTP's sequence numbers (RFC 3550 6.4.1)."""
        return [RtpStatistics(**found) for found in self.page.evaluate("window.ears.statistics()")]

    def _until(self, condition: Callable[[], bool], *, what: str, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                raise PhoneError(f"{self.account.user}'s browser: no {what} within {timeout_s} s, but {self.events}")
            self.page.evaluate("new Promise(done => setTimeout(done, 50))")  # meanwhile messages come in

    def _find(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each["type"] == event]

    def _follow(self, socket: Any) -> None:
        socket.on("framesent", lambda data: self._note(data, sent=True))
        socket.on("framereceived", lambda data: self._note(data, sent=False))

    def _note(self, frame: str | bytes, *, sent: bool) -> None:
        message = frame if isinstance(frame, str) else frame.decode(errors="replace")
        with (self.directory / "log").open("a") as log:
            log.write(f"{'>' if sent else '<'} {_without_secrets(message)}\n")
        found = read_event(message, sent=sent)
        if found:
            self.events.append(found)


def read_event(message: str, *, sent: bool) -> dict[str, Any] | None:
    """Of a SIP message, what it means for the call; None: nothing."""
    method = _CSEQ.search(message)
    reply = _FINAL.match(message)
    if reply is None:
        return {"type": "CALL_CLOSED", "param": ""} if message.startswith("BYE ") else _incoming(message, sent=sent)
    if method is None or method[1] != "INVITE":
        return None
    status = int(reply[1])
    if status in {401, 407} or status < 180:
        return None
    if status < 200:
        return {"type": "CALL_PROGRESS" if status == 183 else "CALL_RINGING"}
    return {"type": "CALL_ESTABLISHED"} if status < 300 else {"type": "CALL_CLOSED", "param": f"{status} {reply[2]}"}


def _incoming(message: str, *, sent: bool) -> dict[str, Any] | None:
    return {"type": "CALL_INCOMING"} if message.startswith("INVITE ") and not sent else None


def _without_secrets(message: str) -> str:
    return re.sub(r'(response|cnonce)="[^"]*"', r'\1="..."', message)


def _arguments(microphone: Path) -> list[str]:
    return [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        "--allow-loopback-in-peer-connection",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
