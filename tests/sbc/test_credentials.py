from __future__ import annotations

from sbc.hook.ha1 import Ha1Opener, seal_ha1
from tests.domain.snapshots import DOMAIN
from tests.sbc.conftest import SIP_HA1, SOFTPHONE_HA1, World
from tests.sbc.hook_process import SEAL_KEY

UNKNOWN = {"unknown": True, "ttl_s": 10}


def _ask(world: World, user: str, *, domain: str = DOMAIN, transport: str = "udp") -> dict[str, object]:
    return world.client.post("/auth", {"user": user, "domain": domain, "transport": transport})[1]


def test_a_phone_may_use_either_password(module_world: World) -> None:
    answer = _ask(module_world, "alice")

    assert answer == {"sip": SIP_HA1, "softphone": SOFTPHONE_HA1, "may_register": 1, "ttl_s": 300}


def test_a_websocket_gets_only_the_softphone_password(module_world: World) -> None:
    answer = _ask(module_world, "Alice", domain=DOMAIN.upper(), transport="wss")

    assert answer == {"softphone": SOFTPHONE_HA1, "may_register": 1, "ttl_s": 300}


def test_the_suspended_may_call_for_help_but_not_register(module_world: World) -> None:
    assert _ask(module_world, "erin")["may_register"] == 0


def test_unknown_and_alias_look_the_same(module_world: World) -> None:
    answers = [
        _ask(module_world, "nobody"),
        _ask(module_world, "101"),
        _ask(module_world, "alice", domain="elsewhere.example"),
    ]

    assert answers == [UNKNOWN] * 3


def test_a_sealed_ha1_opens_only_for_its_own_user_domain_and_key() -> None:
    sealed = seal_ha1(SIP_HA1, key=SEAL_KEY, username="alice", domain=DOMAIN, nonce=b"n" * 12)

    opener = Ha1Opener(SEAL_KEY)

    assert opener.open(sealed, "alice", DOMAIN) == SIP_HA1
    assert opener.open(sealed, "bob", DOMAIN) is None
    assert opener.open(sealed, "alice", "other.example") is None
    assert opener.open("not base64 !", "alice", DOMAIN) is None
    assert Ha1Opener(b"k" * 32).open(sealed, "alice", DOMAIN) is None
