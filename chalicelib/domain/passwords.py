"""Users' passwords: the rules for new ones, and argon2id as OWASP recommends it (19 MiB, two passes, one lane)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.domain.sentences import Sentence, say

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200

# The most used ones of at least ten characters; shorter ones are refused anyway.
_COMMON = """
    0123456789 0987654321 1111111111 1122334455 1234512345 1234554321 12345678910 1234567890 1234567891 123456789a
    123456789q 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 9876543210 aaaaaaaaaa abcdefghij abcd123456 adminadmin
    administrator alexander1 basketball changeme123 changemenow chocolate1 christopher computer123 football123
    iloveyou123 iloveyou12 internet123 letmein123 letmein1234 liverpool1 manchester mypassword onetwothree p@ssw0rd123
    passw0rd123 password01 password10 password11 password12 password123 password1234 password12345 password123!
    passwordpassword q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv qwe123qwe123 qwer123456 qwerty1234 qwerty12345 qwerty123456
    qwertyqwerty qwertyuiop qwertyuiop123 secret1234 spiderman1 superman123 telephone1 welcome123 welcome1234
    zaq12wsxcde3 zxcvbnm123
"""
COMMON = frozenset(_COMMON.split())


def find_password_problem(password: str, *, email: str, namespace: str = "") -> Sentence | None:
    """What is wrong with it as a new password, or None."""
    if not SHORTEST <= len(password) <= LONGEST:
        return say("password_length", shortest=SHORTEST, longest=LONGEST)
    lowered = password.lower()
    if lowered in {email.lower(), email.lower().partition("@")[0], namespace.lower()}:
        return say("password_is_name")
    if lowered in COMMON or len(set(password)) < 4:
        return say("password_guessed")
    return None


def hash_password(password: str, *, salt: bytes) -> str:
    """The PHC string that is stored; ``salt`` is 16 random bytes."""
    return _hasher().hash(password, salt=salt)


def verify_password(password: str, stored: str) -> bool:
    """Takes the same time for a user that doesn't exist or has no password yet: pass an empty ``stored``."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        matches = _hasher().verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(stored)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("", salt=bytes(16))
