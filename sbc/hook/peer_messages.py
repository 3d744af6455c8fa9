"""What the nodes of one SBC say to each other, as one datagram (docs/interfaces.md, "Node -> node"): signed JSON."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chalicelib.domain import fields
from chalicelib.domain.fields import FieldError, JsonObject
from sbc.hook.count_table import BUCKETS, CountRange, bucket_of
from sbc.hook.jsonio import dump, load_object

LARGEST = 60_000  # bytes of a datagram
MAC_BYTES = 32
MOST_NAME = 128  # characters

DropReason = Literal["foreign", "forged", "malformed", "oversized", "replayed"]


class PeerMessageError(ValueError):
    """A message that is dropped. ``reason`` is a label of the metric."""

    def __init__(self, reason: DropReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PeerMessage:
    """``epoch`` grows with each start of ``node``, ``sequence`` with each message of an epoch. ``heard``: the latest
    epochs of others that the node knows, which tells those that the message was made in this life of theirs.
    ``counts``: all of a range of buckets, or those that changed, 0 for a key that isn't counted any more."""

    node: str
    epoch: int
    sequence: int
    heard: Mapping[str, int]
    counts: CountRange | Mapping[str, int]


def peer_key(seal_key: bytes) -> bytes:
    """What the nodes of an SBC sign with, from the key that all of them hold (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"patchbay peers 1").derive(seal_key)


def seal_message(message: PeerMessage, key: bytes) -> bytes:
    body: dict[str, Any] = {
        "node": message.node,
        "epoch": message.epoch,
        "sequence": message.sequence,
        "heard": message.heard,
    }
    if isinstance(message.counts, CountRange):
        body |= {"buckets": [message.counts.first, message.counts.end], "counts": message.counts.counts}
    else:
        body |= {"counts": message.counts}
    text = dump(body)
    return hmac.digest(key, text, "sha256") + text


def open_message(datagram: bytes, key: bytes) -> PeerMessage:
    """Raises ``PeerMessageError``."""
    if len(datagram) > LARGEST:
        raise PeerMessageError("oversized", f"more than {LARGEST} bytes")
    mac, text = datagram[:MAC_BYTES], datagram[MAC_BYTES:]
    if not hmac.compare_digest(mac, hmac.digest(key, text, "sha256")):
        raise PeerMessageError("forged", "the signature doesn't fit")
    try:
        return _read(load_object(text))
    except FieldError as error:
        raise PeerMessageError("malformed", str(error)) from error


def open_by_any(datagram: bytes, keys: Sequence[bytes]) -> PeerMessage:
    """By one of several keys. Raises ``PeerMessageError``."""
    *others, last = keys
    for key in others:
        try:
            return open_message(datagram, key)
        except PeerMessageError as error:
            if error.reason != "forged":
                raise
    return open_message(datagram, last)


def _read(body: JsonObject) -> PeerMessage:
    node = fields.text(body, "node")
    if not 0 < len(node) <= MOST_NAME:
        raise FieldError("node: empty or too long")
    counts = _numbers(body, "counts")
    return PeerMessage(
        node=node,
        epoch=fields.integer(body, "epoch"),
        sequence=fields.integer(body, "sequence"),
        heard=_numbers(body, "heard"),
        counts=counts if body.get("buckets") is None else _range(body["buckets"], counts),
    )


def _range(buckets: Any, counts: Mapping[str, int]) -> CountRange:
    match buckets:
        case [int() as first, int() as end] if 0 <= first < end <= BUCKETS:
            pass
        case _:
            raise FieldError("buckets: no range")
    if not all(first <= bucket_of(key) < end for key in counts):
        raise FieldError("counts: a key isn't of the range")
    return CountRange(first, end, counts)


def _numbers(body: JsonObject, name: str) -> dict[str, int]:
    found = fields.child(body, name)
    if not all(type(number) is int and number >= 0 for number in found.values()):
        raise FieldError(f"{name}: expected whole numbers")
    return found
