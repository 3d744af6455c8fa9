"""Sealed HA1s: what one SBC's nodes can open and nobody else can."""

from __future__ import annotations

import pytest

from chalicelib.clients.seal import SealError, open_ha1, seal_ha1, seal_key

HA1 = "0123456789abcdef0123456789abcdef"
KEY = bytes(range(32))


def test_a_sealed_ha1_opens_with_the_same_key_and_user_in_any_case() -> None:
    sealed = seal_ha1(HA1, "Ann", "a.example", KEY)

    assert HA1 not in sealed
    assert open_ha1(sealed, "ann", "A.example", KEY) == HA1


def test_the_text_tells_whether_the_password_has_changed() -> None:
    sealed = seal_ha1(HA1, "ann", "a.example", KEY)

    assert seal_ha1(HA1, "ann", "a.example", KEY) == sealed
    assert seal_ha1(HA1[::-1], "ann", "a.example", KEY) != sealed


@pytest.mark.parametrize(("username", "key"), [("bob", KEY), ("ann", bytes(32))])
def test_another_user_or_key_opens_nothing(username: str, key: bytes) -> None:
    sealed = seal_ha1(HA1, "ann", "a.example", KEY)

    with pytest.raises(SealError):
        open_ha1(sealed, username, "a.example", key)


@pytest.mark.parametrize("sealed", ["", "A", "short", "*" * 80])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(SealError):
        open_ha1(sealed, "ann", "a.example", KEY)


def test_every_sbc_has_a_key_of_its_own(dynamodb: str) -> None:
    assert seal_key("sbc_A") == seal_key("sbc_A")
    assert seal_key("sbc_A") != seal_key("sbc_B")
    assert len(seal_key("sbc_A")) == 32
