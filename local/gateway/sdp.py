"""Session descriptions (RFC 4566, offer and answer of RFC 3264) as far as one G.711 audio stream needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local.gateway.g711 import NAMES

TELEPHONE_EVENT = 101
_AUDIO = re.compile(r"^m=audio (\d+)(?:/\d+)? (\S+) ([\d ]+)$")
_RTPMAP = re.compile(r"^a=rtpmap:(\d+) ([\w.-]+)/(\d+)")
_CONNECTION = re.compile(r"^c=IN IP4 (\S+)")


class SdpError(ValueError):
    """No audio that this gateway can speak; answered with 488."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the other side wants its audio, and in which of the codecs it named."""

    host: str
    port: int
    codec: int  # PCMU or PCMA
    telephone_event: int | None
    names: tuple[str, ...]  # of all codecs, in the order given
    wants_audio: bool  # false on hold


def read_sdp(text: str) -> Remote:
    """Raises ``SdpError``."""
    host, audio, names, direction = "", None, {0: "PCMU", 8: "PCMA"}, "sendrecv"
    in_audio = in_other = False
    for line in text.splitlines():
        if line.startswith("m="):
            found = _AUDIO.match(line)
            in_audio, in_other = found is not None and audio is None, True
            audio = found if in_audio else audio
        elif (connection := _CONNECTION.match(line)) and (in_audio or not in_other):
            host = connection[1]
        elif in_audio and (mapping := _RTPMAP.match(line)):
            names[int(mapping[1])] = mapping[2]
        elif in_audio and line[2:] in {"sendrecv", "sendonly", "recvonly", "inactive"}:
            direction = line[2:]
    if audio is None or not host:
        raise SdpError("no audio stream")
    return _choose(host, audio, names, direction)


def _choose(host: str, audio: re.Match[str], names: dict[int, str], direction: str) -> Remote:
    offered = [int(number) for number in audio[3].split()]
    codecs = [number for number in offered if number in NAMES]
    if audio[2] != "RTP/AVP" or not codecs:
        raise SdpError(f"no PCMU or PCMA over RTP/AVP: {audio[0]}")
    events = [number for number in offered if names.get(number, "").lower() == "telephone-event"]
    return Remote(
        host=host,
        port=int(audio[1]),
        codec=codecs[0],
        telephone_event=events[0] if events else None,
        names=tuple(names.get(number, str(number)) for number in offered),
        wants_audio=direction in {"sendrecv", "recvonly"} and host != "0.0.0.0",  # noqa: S104 (hold, RFC 2543)
    )


def make_sdp(host: str, port: int, *, codecs: Sequence[int], session: int, telephone_event: int | None) -> str:
    formats = [*codecs, *([] if telephone_event is None else [telephone_event])]
    lines = [
        "v=0",
        f"o=gateway {session} {session} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, formats))}",
        *(f"a=rtpmap:{codec} {NAMES[codec]}/8000" for codec in codecs),
    ]
    if telephone_event is not None:
        lines += [f"a=rtpmap:{telephone_event} telephone-event/8000", f"a=fmtp:{telephone_event} 0-15"]
    return "\r\n".join([*lines, "a=ptime:20", "a=sendrecv", ""])
