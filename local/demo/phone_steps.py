"""Steps 11 to 13: Alice and Bob register and talk."""

from __future__ import annotations

import time
from itertools import starmap

from local.demo.cdrs import wait_for_cdr
from local.demo.state import Demo
from local.demo.talking import ALICE_HZ, BOB_HZ, Transport, start_browser, start_phone, talk
from local.demo.waiting import check


def register_alice(demo: Demo) -> str:
    """In the phone console, by clicking."""
    begun = time.monotonic()
    phone = start_browser(demo, "alice", password=demo.people["alice"].softphone_password, tone_hz=ALICE_HZ)
    took_ms = round((time.monotonic() - begun) * 1000)
    picture = demo.recordings / "alice-is-registered.png"
    phone.picture(picture)
    return (
        f"Chromium at {phone.url}: softphone password typed, dot green after {took_ms} ms, "
        f"microphone plays {phone.tone_hz} Hz; {picture.name}"
    )


def register_bob(demo: Demo) -> str:
    password = demo.people["bob"].sip_password
    return "SIP password, " + _register(demo, "bob", password=password, tone_hz=BOB_HZ, transport="udp")


def call_each_other(demo: Demo) -> str:
    calls = (("alice", "1001", "bob"), ("alice", "bob", "bob"), ("bob", "1000", "alice"))
    lines = list(starmap(lambda *call: _call(demo, *call), calls))
    return "; ".join(lines) + " (FFT of the recordings; loss by the phones' RTP counters)"


def _register(demo: Demo, name: str, *, password: str, tone_hz: int, transport: Transport) -> str:
    begun = time.monotonic()
    phone = start_phone(demo, name, password=password, tone_hz=tone_hz, transport=transport)
    took_ms = round((time.monotonic() - begun) * 1000)
    return f"{name}@{demo.domain} over {transport.upper()}, {took_ms} ms, plays {phone.tone_hz} Hz"


def _call(demo: Demo, caller: str, dialled: str, callee: str) -> str:
    heard = talk(demo.phones[caller], demo.phones[callee], dialled)
    cdr = wait_for_cdr(demo, caller=caller, dialled=dialled, result="answered")
    check(cdr["called"]["subscriber_id"] == demo.people[callee].subscriber_id, f"the CDR says {cdr}")
    return f"{caller} to {dialled}: {caller} hears {heard[0]}, {callee} {heard[1]}, CDR {cdr['talk_s']} s"
