"""SIP and softphone passwords: given or made, turned into sealed HA1s, and shown once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from chalicelib.clients.seal import seal_at_rest
from chalicelib.domain.digest import ha1_md5, ha1_sha256

LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look alike
LENGTH = 16


@dataclass(frozen=True, slots=True)
class Passwords:
    sip: str
    softphone: str


def make_passwords(*, sip: str = "", softphone: str = "") -> Passwords:
    """The given passwords, and new ones in place of those not given."""
    return Passwords(sip or _new_password(), softphone or _new_password())


def derive_passwords(seed: bytes, username: str, *, sip: str = "", softphone: str = "") -> Passwords:
    """As ``make_passwords``, but the same ones from the same 32 secret bytes: for bulk work, which may be repeated and
    must not keep passwords meanwhile."""
    return Passwords(sip or _derived(seed, "sip", username), softphone or _derived(seed, "softphone", username))


def sealed_credentials(passwords: Passwords, *, username: str, domain: str) -> dict[str, str]:
    """The fields of ``storage.subscribers.Subscriber`` that hold them."""
    found: dict[str, str] = {}
    for kind, password in (("sip", passwords.sip), ("softphone", passwords.softphone)):
        found[f"{kind}_ha1"] = seal_at_rest(ha1_md5(username, domain, password), username, domain)
        found[f"{kind}_ha1_sha256"] = seal_at_rest(ha1_sha256(username, domain, password), username, domain)
    return found


def _derived(seed: bytes, kind: str, username: str) -> str:
    """Of 512 bits, so that the remainders of a division by 54 are even enough."""
    number = int.from_bytes(hmac.digest(seed, f"{kind}:{username.lower()}".encode(), "sha512"), "big")
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)


def _new_password() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
