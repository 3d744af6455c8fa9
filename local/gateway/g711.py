"""G.711 by tables: 16-bit samples at 8 kHz to and from mu-law and A-law octets (ITU-T G.711)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
PCMU, PCMA = 0, 8  # RTP payload types (RFC 3551)
NAMES = {PCMU: "PCMU", PCMA: "PCMA"}
RATE = 8000


def _ulaw_table() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


_DECODE: dict[int, Samples] = {PCMU: _ulaw_table(), PCMA: _alaw_table()}


def _encoder(decode: Samples) -> NDArray[np.uint8]:
    """The nearest code for each of the 65,536 samples, so that encoding is a look-up as well."""
    order = np.argsort(decode, kind="stable")
    levels = decode[order].astype(np.int32)
    middles = (levels[:-1] + levels[1:]) / 2
    nearest: NDArray[Any] = order[np.searchsorted(middles, np.arange(-32768, 32768))]
    return nearest.astype(np.uint8)


_ENCODE = {kind: _encoder(table) for kind, table in _DECODE.items()}


def decode(payload: bytes, kind: int) -> Samples:
    return _DECODE[kind][np.frombuffer(payload, dtype=np.uint8)]


def encode(samples: Samples, kind: int) -> bytes:
    return _ENCODE[kind][samples.astype(np.int32) + 32768].tobytes()
