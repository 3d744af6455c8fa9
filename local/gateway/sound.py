"""What the gateway plays: a spoken message (espeak-ng) and a tone, as 16-bit samples at 8 kHz."""

from __future__ import annotations

import io
import subprocess
import wave
import zlib
from functools import cache

import numpy as np

from local.gateway.g711 import RATE, Samples

TONE_S = 3.0
_PAUSE_S = 0.3
_LEVEL = 10 ** (-10 / 20)  # dBFS
_MESSAGES = (
    "All our electrons are busy. Here is one.",
    "Your call is important to this computer. It will now sing.",
    "This carrier has no cables. Listen!",
)


def make_tone(hz: float, seconds: float) -> Samples:
    at = np.arange(round(RATE * seconds)) / RATE
    return np.round(np.sin(2 * np.pi * hz * at) * _LEVEL * 32767).astype(np.int16)


def make_silence(seconds: float) -> Samples:
    return np.zeros(round(RATE * seconds), dtype=np.int16)


def make_program(number: str, *, tone_hz: float, speaks: bool) -> Samples:
    """Message, pause, tone, pause; played over and over."""
    tone = make_tone(tone_hz, TONE_S)
    if not speaks:
        return tone
    message = speak(_MESSAGES[zlib.crc32(number.encode()) % len(_MESSAGES)])
    return np.concatenate([message, make_silence(_PAUSE_S), tone, make_silence(_PAUSE_S)])


@cache
def speak(text: str) -> Samples:
    done = subprocess.run(["espeak-ng", "-v", "en", "-s", "190", "--stdout", text], capture_output=True, check=True)
    return _read_wav(done.stdout)


def warm_up() -> None:
    for message in _MESSAGES:
        speak(message)


def _read_wav(content: bytes) -> Samples:
    # espeak-ng can't know the length when it writes the header to a pipe: the rest of the stream is the sound.
    with wave.open(io.BytesIO(content)) as reader:
        rate = reader.getframerate()
    heard = np.frombuffer(content[44 : len(content) - len(content) % 2], dtype="<i2").astype(np.float64)
    # Averaging over one new sample's length keeps what lies above 4 kHz from folding down.
    width = max(1, round(rate / RATE))
    smooth = np.convolve(heard, np.ones(width) / width, mode="same")
    at = np.arange(int(len(heard) * RATE / rate)) * rate / RATE
    sound: Samples = np.interp(at, np.arange(len(smooth)), smooth).astype(np.int16)
    return sound
