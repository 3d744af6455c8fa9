"""Calls of the scripted phones, and what was heard in them."""

from __future__ import annotations

import math
import socket
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from local.demo.state import Demo
from local.demo.waiting import check, wait_for
from local.demo.web_phone import WebPhone
from local.gateway.g711 import RATE, Samples
from local.gateway.listening import WINDOW, Tone, ToneFinder
from local.phones import Account, Phone, PhoneError, RtpStatistics, read_samples

ALICE_HZ, BOB_HZ = 440, 620
TALK_S = 4.5  # two packets of it are less than 1%: so many may be on their way when one hangs up
MAX_LOSS = 0.01
NEAR_HZ = 3.0
PACKET_S = 0.02
PORT_TRIES = 3
AUDIBLE = 500  # of 32767
SHORTEST_TONE_S = 0.3  # what is shorter may be a vowel

Transport = Literal["udp", "tcp"]
AnyPhone = Phone | WebPhone


@dataclass(frozen=True, slots=True)
class Ear:
    """What one side heard, and how many RTP packets were sent to it and arrived."""

    hz: float
    sent: int
    received: int

    @property
    def loss(self) -> float:
        return max(0.0, 1 - self.received / self.sent)

    def __str__(self) -> str:
        return f"{self.hz:.1f} Hz (loss {self.loss:.1%} of {self.sent})"


def start_phone(demo: Demo, username: str, *, password: str, tone_hz: int, transport: Transport) -> Phone:
    phone = _started(demo, username, password=password, tone_hz=tone_hz, transport=transport)
    demo.phones[username] = phone
    phone.wait_registered()
    return phone


def start_browser(demo: Demo, username: str, *, password: str, tone_hz: int) -> WebPhone:
    """The phone console in Chromium, logged in and with its green dot."""
    account = Account(
        user=username,
        domain=demo.domain,
        password=password,
        outbound=demo.sbc_address,
        port=0,
        control_port=0,
        rtp_port=0,
    )
    url = f"{demo.settings.http_url}/phone"
    phone = WebPhone(account=account, directory=demo.directory / username, tone_hz=tone_hz, url=url)
    phone.start()
    demo.phones[username] = phone
    phone.log_in()
    phone.wait_registered()
    return phone


def _started(demo: Demo, username: str, *, password: str, tone_hz: int, transport: Transport) -> Phone:
    """A free port may be somebody else's by the time the phone binds it: then others are looked for."""
    for left in reversed(range(PORT_TRIES)):
        account = Account(
            user=username,
            domain=demo.domain,
            password=password,
            outbound=demo.sbc_address,
            port=find_free_port(),
            control_port=find_free_port(),
            rtp_port=find_free_port() // 2 * 2,
            transport=transport,
        )
        phone = Phone(account=account, directory=demo.directory / username, tone_hz=tone_hz)
        try:
            phone.start()
        except PhoneError:
            if not left:
                raise
        else:
            return phone
    raise AssertionError("unreachable")


def prepare(*phones: AnyPhone) -> None:
    """For a new call: forgets events and recordings of the last one."""
    for phone in phones:
        phone.forget()


def talk(caller: AnyPhone, callee: AnyPhone, dialled: str) -> tuple[Ear, Ear]:
    """One call with tones both ways, hung up by the caller; what (caller, callee) heard."""
    prepare(caller, callee)
    calls = len(caller.statistics()), len(callee.statistics())
    caller.dial(dialled)
    callee.answer()
    for phone in (caller, callee):
        phone.wait("CALL_ESTABLISHED")
    wait_for(
        lambda: min(phone.heard().duration_s for phone in (caller, callee)) >= TALK_S,
        what=f"both hear the other for {TALK_S:g} s",
        limit_s=TALK_S + 6,
    )
    hung_up = time.monotonic()
    caller.hang_up()
    callee.wait("CALL_CLOSED")
    too_late = math.ceil((time.monotonic() - hung_up) / PACKET_S)  # sent on to a caller who was gone: not lost
    caller.wait("CALL_CLOSED")
    here, there = (
        wait_for_statistics(phone, after=count) for phone, count in zip((caller, callee), calls, strict=True)
    )
    return (
        listen(caller, tone_hz=callee.tone_hz, sent=_sent_to(here, there.sent - too_late), received=here.received),
        listen(callee, tone_hz=caller.tone_hz, sent=_sent_to(there, here.sent), received=there.received),
    )


def _sent_to(ear: RtpStatistics, sent: int) -> int:
    """A browser gets nothing before its keys are agreed (DTLS): what it lost is told by its sequence numbers alone."""
    return sent if ear.lost is None else ear.received + ear.lost


def listen(phone: AnyPhone, *, tone_hz: float, sent: int, received: int) -> Ear:
    """By FFT of what the phone recorded. Raises ``DemoError`` unless it is the wanted tone, nearly unbroken."""
    heard, name = phone.heard(), phone.account.user
    ear = Ear(heard.frequency_hz, sent, received)
    check(abs(ear.hz - tone_hz) < NEAR_HZ, f"{name} heard {heard}, not {tone_hz} Hz")
    check(received > 0 and ear.loss < MAX_LOSS, f"{name} got {received} of {sent} packets")
    check(heard.lost < MAX_LOSS, f"{name} lost {heard.lost:.2%} of the sound")
    return ear


def wait_for_statistics(phone: AnyPhone, *, after: int) -> RtpStatistics:
    """Of the call that follows the first ``after`` ones."""
    wait_for(lambda: len(phone.statistics()) > after, what=f"RTP statistics of {phone.account.user}", limit_s=3)
    return phone.statistics()[after]


def find_free_port() -> int:
    """Free for UDP and TCP at the moment."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port = int(udp.getsockname()[1])
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass(frozen=True, slots=True)
class Mixture:
    """Speech and a tone by turns: the longest tone, and for how long there was sound that is no tone."""

    tone_hz: float
    tone_s: float
    speech_s: float


def hear(phone: AnyPhone) -> Mixture:
    """In the phone's newest recording so far."""
    recording = phone.recording()
    return find_longest_tone(read_samples(recording)[1]) if recording else Mixture(0.0, 0.0, 0.0)


def find_longest_tone(samples: Samples) -> Mixture:
    finder = ToneFinder()
    audible_s = 0.0
    for start in range(0, len(samples) - WINDOW + 1, WINDOW):
        window = samples[start : start + WINDOW]
        finder.feed(window)
        audible_s += WINDOW / RATE if np.abs(window).max() > AUDIBLE else 0.0
    tones = [tone for tone in finder.tones if tone.seconds >= SHORTEST_TONE_S]
    longest = max(tones, key=lambda tone: tone.seconds, default=Tone(0.0, 0.0, 0.0, 0.0))
    speech_s = audible_s - sum(tone.seconds for tone in tones)
    return Mixture(tone_hz=longest.hz, tone_s=longest.seconds, speech_s=speech_s)
