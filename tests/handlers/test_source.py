"""Whose address failed attempts are counted against."""

from __future__ import annotations

from chalicelib.handlers.source import find_source

PEER = {"identity": {"sourceIp": "192.0.2.1"}}
KEY = "what the CDN shows"


def keys_of_a_cdn(*, again: bool = False) -> tuple[bytes, ...]:
    return (KEY.encode(),)


def test_without_a_cdn_it_is_who_connected_whatever_headers_say() -> None:
    headers = {"x-forwarded-for": "203.0.113.9, 192.0.2.1"}

    assert find_source(PEER, headers) == "192.0.2.1"
    assert find_source(PEER, headers | {"x-patchbay-edge": KEY}) == "192.0.2.1"


def test_behind_a_cdn_it_is_the_address_that_the_cdn_has_added() -> None:
    headers = {"x-patchbay-edge": KEY, "x-forwarded-for": "203.0.113.9, 192.0.2.1"}

    assert find_source(PEER, headers, keys=keys_of_a_cdn) == "203.0.113.9"


def test_what_a_caller_has_written_in_front_counts_for_nothing() -> None:
    headers = {"x-patchbay-edge": KEY, "x-forwarded-for": "10.0.0.1, 10.0.0.2, 203.0.113.9, 192.0.2.1"}

    assert find_source(PEER, headers, keys=keys_of_a_cdn) == "203.0.113.9"


def test_who_comes_past_the_cdn_can_not_choose_an_address() -> None:
    forwarded = {"x-forwarded-for": "203.0.113.9, 192.0.2.1"}

    for headers in (forwarded, forwarded | {"x-patchbay-edge": "guessed"}, forwarded | {"x-patchbay-edge": ""}):
        assert find_source(PEER, headers, keys=keys_of_a_cdn) == "192.0.2.1"


def test_a_key_that_was_changed_is_looked_up_again() -> None:
    def keys(*, again: bool = False) -> tuple[bytes, ...]:
        return (KEY.encode(),) if again else (b"the one before",)

    headers = {"x-patchbay-edge": KEY, "x-forwarded-for": "203.0.113.9, 192.0.2.1"}

    assert find_source(PEER, headers, keys=keys) == "203.0.113.9"


def test_a_proof_without_a_chain_leaves_who_connected() -> None:
    for chain in ("", "192.0.2.1", ", 192.0.2.1"):
        headers = {"x-patchbay-edge": KEY, "x-forwarded-for": chain}

        assert find_source(PEER, headers, keys=keys_of_a_cdn) == "192.0.2.1"
