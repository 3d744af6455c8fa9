"""What the gateway hears: tones with their level, digits (in band and RFC 4733), packets and loss."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from local.gateway.g711 import RATE, Samples

WINDOW = RATE // 10  # 100 ms
_SPECTRUM = 8192
_BIN_HZ = RATE / _SPECTRUM
_NEAR_HZ = 30.0  # the main lobe of a windowed tone
_PURE = 0.85  # share of a window's energy that makes it a tone
_AUDIBLE_DBFS = -50.0
_SAME_HZ = 6.0
_SHORTEST_S = 0.2
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_KEYS = ("123A", "456B", "789C", "*0#D")
_EVENTS = "0123456789*#ABCD"  # RFC 4733 3.2
_WINDOWING = np.hanning(WINDOW)


@dataclass(slots=True)
class Tone:
    hz: float
    level_dbfs: float
    at_s: float
    seconds: float

    def as_json(self) -> dict[str, float]:
        return {
            "hz": round(self.hz, 1),
            "level_dbfs": round(self.level_dbfs, 1),
            "at_s": round(self.at_s, 2),
            "seconds": round(self.seconds, 2),
        }


@dataclass(slots=True)
class ToneFinder:
    """Fed samples as they come; a tone is a stretch of windows with one and the same dominant frequency."""

    tones: list[Tone] = field(default_factory=list)
    in_band: str = ""
    loudest_dbfs: float = -100.0
    _rest: Samples = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    _heard_s: float = 0.0
    _key: str = ""

    def feed(self, samples: Samples) -> None:
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= WINDOW:
            self._look_at(self._rest[:WINDOW].astype(np.float64) / 32768)
            self._rest = self._rest[WINDOW:]
            self._heard_s += WINDOW / RATE

    def as_json(self) -> list[dict[str, float]]:
        return [tone.as_json() for tone in self.tones if tone.seconds >= _SHORTEST_S - 0.01]

    def _look_at(self, window: NDArray[np.float64]) -> None:
        level = _level_dbfs(window)
        self.loudest_dbfs = max(self.loudest_dbfs, level)
        if level < _AUDIBLE_DBFS:
            self._key = ""
            return
        power = np.abs(np.fft.rfft(window * _WINDOWING, _SPECTRUM)) ** 2
        hz = find_pure_tone(power)
        if hz is not None:
            self._add_tone(hz, level)
        key = "" if hz is not None else find_key(power)
        if key and key != self._key:
            self.in_band += key
        self._key = key

    def _add_tone(self, hz: float, level: float) -> None:
        last = self.tones[-1] if self.tones else None
        if last and abs(last.hz - hz) < _SAME_HZ and abs(last.at_s + last.seconds - self._heard_s) < 0.01:
            last.seconds += WINDOW / RATE
            last.level_dbfs = max(last.level_dbfs, level)
        else:
            self.tones.append(Tone(hz, level, self._heard_s, WINDOW / RATE))


def _level_dbfs(window: NDArray[np.float64]) -> float:
    """Relative to a full-scale sine."""
    return float(10 * np.log10(np.mean(window**2) * 2 + 1e-10))


def find_pure_tone(power: NDArray[np.float64]) -> float | None:
    """The frequency that holds nearly all of the energy, refined between bins by a parabola."""
    peak = int(np.argmax(power[1:-1])) + 1
    if _share(power, peak * _BIN_HZ) < _PURE:
        return None
    left, middle, right = np.log(power[peak - 1 : peak + 2] + 1e-20)
    curve = left - 2 * middle + right
    shift = 0.0 if curve == 0 else 0.5 * (left - right) / curve
    return float((peak + shift) * _BIN_HZ)


def find_key(power: NDArray[np.float64]) -> str:
    rows = [_share(power, hz) for hz in _ROWS]
    columns = [_share(power, hz) for hz in _COLUMNS]
    row, column = int(np.argmax(rows)), int(np.argmax(columns))
    weaker, both = min(rows[row], columns[column]), rows[row] + columns[column]
    return _KEYS[row][column] if both > _PURE and weaker > 0.15 else ""


def _share(power: NDArray[np.float64], hz: float) -> float:
    low, high = int((hz - _NEAR_HZ) / _BIN_HZ), int((hz + _NEAR_HZ) / _BIN_HZ) + 1
    return float(power[max(low, 0) : high].sum() / (power.sum() + 1e-20))


@dataclass(slots=True)
class SequenceCounter:
    """Packets received, lost and late by RTP sequence number (RFC 3550 A.1); a new source starts anew."""

    received: int = 0
    _lost_before: int = 0
    _source: int | None = None
    _first: int = 0
    _highest: int = 0
    _seen: set[int] = field(default_factory=set)

    @property
    def lost(self) -> int:
        if self._source is None:
            return 0
        return self._lost_before + self._highest - self._first + 1 - len(self._seen)

    def count(self, *, source: int, sequence: int) -> None:
        self.received += 1
        if source != self._source:
            self._lost_before = self.lost
            self._source, self._first, self._highest = source, sequence, sequence
            self._seen = {sequence}
            return
        extended = self._highest + ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000
        self._highest = max(self._highest, extended)
        if extended >= self._first:
            self._seen.add(extended)


@dataclass(slots=True)
class DigitReader:
    """RFC 4733 events: each is sent several times with one timestamp."""

    digits: str = ""
    _last: tuple[int, int] | None = None

    def read(self, *, timestamp: int, payload: bytes) -> None:
        if len(payload) < 4 or payload[0] >= len(_EVENTS) or self._last == (timestamp, payload[0]):
            return
        self._last = (timestamp, payload[0])
        self.digits += _EVENTS[payload[0]]


@dataclass(slots=True)
class Hearing:
    """All that one stream heard."""

    tones: ToneFinder = field(default_factory=ToneFinder)
    packets: SequenceCounter = field(default_factory=SequenceCounter)
    digits: DigitReader = field(default_factory=DigitReader)
    payload_types: set[int] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        received, lost = self.packets.received, self.packets.lost
        return {
            "packets": received,
            "lost": lost,
            "loss": round(lost / (received + lost), 4) if received else 0.0,
            "level_dbfs": round(self.tones.loudest_dbfs, 1),
            "tones": self.tones.as_json(),
            "digits": self.digits.digits,
            "in_band_digits": self.tones.in_band,
            "payload_types": sorted(self.payload_types),
        }
