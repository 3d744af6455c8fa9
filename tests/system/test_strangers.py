"""What a stranger, or a subscriber of another tenant, can learn and do by SIP: nothing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from tests.local.processes import wait_for
from tests.system.phone import Phone, PhoneCall
from tests.system.provider import Provider, Tenant
from tests.system.sip_message import Message

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def other(provider: Provider) -> Tenant:
    """Another tenant of the same ISP: zoe (201)."""
    other = provider.tenant("other")
    other.subscriber("zoe", alias="201", max_calls=0)
    provider.wait_in_force()
    return other


def shape(reply: Message) -> tuple[str, list[str]]:
    """Status line and header names: what tells replies apart beside what is random."""
    return reply.start, [name for name, _ in reply.headers]


def timed(act: Callable[[], Message]) -> tuple[Message, float]:
    started = time.perf_counter()
    reply = act()
    return reply, time.perf_counter() - started


def stranger(provider: Provider, *, user: str, domain: str, host: int) -> Phone:
    """Each at an address of its own: failures of one don't slow down another."""
    phone = Phone(provider.sip, user=user, domain=domain, password="guessed-wrong", address=f"127.0.1.{host}")
    provider.phones.append(phone)
    return phone


def test_a_registration_tells_nobody_which_users_and_domains_exist(provider: Provider, tenant: Tenant) -> None:
    claims = [("ann", tenant.domain), ("nobody", tenant.domain), ("ann", "nothing.example"), ("101", tenant.domain)]
    seen, times = [], []

    for host, (user, domain) in enumerate(claims, start=10):
        phone = stranger(provider, user=user, domain=domain, host=host)
        first = [timed(phone.register) for _ in range(6)]
        seen.append([shape(reply) for reply, _ in first])
        times.append(statistics.median(took for _, took in first[1:]))  # the first may load what is known

    assert seen[0][0][0].startswith("SIP/2.0 401")
    assert all(each == seen[0] for each in seen)
    assert max(times) - min(times) < 0.02


def test_a_call_tells_nobody_which_users_and_domains_exist(provider: Provider, tenant: Tenant) -> None:
    claims = [("ann", tenant.domain), ("nobody", tenant.domain), ("ann", "nothing.example"), ("101", tenant.domain)]
    seen, medians = [], []

    for host, (user, domain) in enumerate(claims, start=20):
        phone = stranger(provider, user=user, domain=domain, host=host)
        results, times = [], []
        for _ in range(5):
            started = time.perf_counter()
            call = phone.dial("102")
            results.append((call.wait_status(), tuple(call.replies)))
            times.append(time.perf_counter() - started)
        seen.append(results)
        medians.append(statistics.median(times[1:]))

    assert {status for status, _ in seen[0]} == {407}
    assert all(each == seen[0] for each in seen)
    assert max(medians) - min(medians) < 0.02


def test_dialling_known_and_unknown_users_without_credentials_looks_the_same(
    provider: Provider, tenant: Tenant
) -> None:
    phone = stranger(provider, user="ann", domain=tenant.domain, host=30)
    phone.password = ""

    known, unknown, outside = (phone.dial(number) for number in ("102", "999", "2092489001"))

    assert [call.wait_status() for call in (known, unknown, outside)] == [407, 407, 407]


def test_nobody_calls_into_another_tenant_by_alias_or_name(provider: Provider, tenant: Tenant, other: Tenant) -> None:
    ann, zoe = tenant.phone("ann"), other.phone("zoe")

    tries = [ann.dial("201"), ann.dial("zoe"), ann.dial("zoe", to_domain=other.domain)]

    assert all(400 <= call.wait_status() < 500 for call in tries)
    assert zoe.received == []


def test_nobody_registers_a_user_of_another_tenant(provider: Provider, tenant: Tenant, other: Tenant) -> None:
    zoe_path = f"{other.path}/subscribers/{other.people['zoe']['id']}"
    assert provider.api.get(zoe_path)["username"] == "zoe"
    ann = tenant.phone("ann", register=False)

    as_zoe = Phone(provider.sip, user="ann", domain=other.domain, password=ann.password, address="127.0.1.40")
    provider.phones.append(as_zoe)
    replies = [
        as_zoe.register(user="zoe", auth_user="ann"),
        as_zoe.register(user="zoe", auth_user="zoe"),
        as_zoe.register(user="zoe", auth_user="ann", realm=tenant.domain),
    ]

    assert {reply.status for reply in replies} <= {401, 403}


def test_a_forged_from_is_refused(provider: Provider, tenant: Tenant, other: Tenant) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")

    forged: list[PhoneCall] = [
        ann.dial("102", from_user="cy", auth_user="ann"),
        ann.dial("102", from_user="zoe", from_domain=other.domain, auth_user="ann"),
        ann.dial("201", from_user="zoe", from_domain=other.domain, to_domain=other.domain, auth_user="ann"),
        ann.dial("102", auth_user="ann", realm=other.domain),
    ]

    assert {call.wait_status() for call in forged} <= {403, 407}
    assert bob.received == []


def test_what_a_phone_claims_in_headers_goes_no_further(provider: Provider, tenant: Tenant) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")

    call = ann.dial(
        "102",
        more=(
            ("P-Asserted-Identity", "<sip:911@evil.example>"),
            ("X-Patchbay-Call", "forged"),
            ("Diversion", "<sip:boss@evil.example>"),
        ),
    )
    assert call.wait_status() == 200

    invite = bob.wait_incoming().invite
    assert invite is not None
    assert "evil.example" not in str(invite.headers)
    assert "101@" in invite.get("From")
    call.hang_up()


def test_a_removed_subscriber_is_a_stranger(provider: Provider, tenant: Tenant) -> None:
    tenant.subscriber("dan", alias="104")
    provider.wait_in_force()
    dan = tenant.phone("dan")
    version = provider.api.get(tenant.person("dan"))["version"]

    assert provider.api.request("DELETE", tenant.person("dan"), if_match=version).status == 204

    wait_for(lambda: dan.register().status == 401, limit_s=3)
    assert dan.dial("102").wait_status() in {403, 407}
