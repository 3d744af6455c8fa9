"""Names and numbers from people and carriers can't break out of the header they are put into."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.plan import RoutePlan
from chalicelib.domain.routing import plan_route
from chalicelib.domain.sip_text import escaped_user, header, host_text, quoted_display, sip_uri
from tests.domain.snapshots import (
    DID,
    NOW,
    a_carrier,
    a_gateway,
    a_gateway_call,
    a_phone_call,
    a_snapshot,
    a_subscriber,
    a_tenant,
    an_isp,
)

# What injections are made of, more often than chance would have it.
HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=4), st.sampled_from(["\r\n", "\n", '"', "\\", "<", ">", ";", "@", "\x00", "\u2028", "%"])
    ),
    max_size=12,
).map("".join)

QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')
URI = re.compile(r"sip:(?:(?:[A-Za-z0-9\-_.!~*'()&=+$,/]|%[0-9A-F]{2})+@)?[A-Za-z0-9.:_\-\[\]]*")


@given(HOSTILE)
def test_a_display_name_is_empty_or_exactly_one_quoted_string_on_one_line(name: str) -> None:
    quoted = quoted_display(name)

    assert quoted == "" or QUOTED.fullmatch(quoted)
    assert len(quoted.splitlines()) <= 1
    assert "\x00" not in quoted
    quoted.encode()


@given(HOSTILE, HOSTILE)
def test_a_uri_has_only_the_characters_of_one(user: str, host: str) -> None:
    assert URI.fullmatch(sip_uri(user, host))


@given(HOSTILE)
def test_a_header_is_one_line(value: str) -> None:
    assert len(header("X", value).splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("Alice", '"Alice"'),
        ("", ""),
        (" \t ", ""),
        ("\r\n", ""),
        ('Al "the" \\ pal', r'"Al \"the\" \\ pal"'),
        ("Zoë ☎", '"Zoë ☎"'),
        ("Eve\r\nX-Evil: 1", '"EveX-Evil: 1"'),
        ("\ud800Eve", '"Eve"'),
    ],
)
def test_display_names(name: str, quoted: str) -> None:
    assert quoted_display(name) == quoted


@pytest.mark.parametrize(
    ("user", "escaped"),
    [("+12092488700", "+12092488700"), ("tech#1", "tech%231"), ("a;b?c@d", "a%3Bb%3Fc%40d"), ("é", "%C3%A9")],
)
def test_user_parts(user: str, escaped: str) -> None:
    assert escaped_user(user) == escaped


def test_ipv6_addresses_get_brackets() -> None:
    assert host_text("2001:db8::1") == "[2001:db8::1]"
    assert host_text("[2001:db8::1]") == "[2001:db8::1]"


def lines_of(plan: RoutePlan) -> list[str]:
    return [
        line
        for stage in plan.stages
        for target in stage.targets
        for line in (target.aor, target.uri, target.next_hop, target.from_uri, target.from_display, *target.headers)
    ]


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_a_tenant_or_isp_can_type_ends_a_line_of_a_request(name: str, source_user: str, prefix: str) -> None:
    gateway = a_gateway(
        display=name, source_user=source_user, source_domain=source_user, outbound_prefix=prefix, add_pai=True
    )
    alice = a_subscriber("alice", name=name, alias="101")
    bob = a_subscriber("bob", name=name, forward_always="2092488701", forward_busy="alice")
    snapshot = a_snapshot(an_isp(a_tenant(alice, bob), carriers=[a_carrier(gateway)]))

    for dialled in ("bob", "2092488701", "alice"):
        plan = plan_route(a_phone_call(dialled), snapshot, NOW)

        assert isinstance(plan, RoutePlan)
        assert all(len(line.splitlines()) <= 1 for line in lines_of(plan))
        assert all(URI.fullmatch(target.from_uri) for stage in plan.stages for target in stage.targets)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_a_carrier_sends_ends_a_line_or_raises(calling: str, display: str, dialled: str) -> None:
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"))))

    plan = plan_route(a_gateway_call(DID, calling=calling, display=display), snapshot, NOW)
    plan_route(a_gateway_call(dialled, src_ip=dialled), snapshot, NOW)

    assert isinstance(plan, RoutePlan)
    assert all(len(line.splitlines()) <= 1 for line in lines_of(plan))


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_a_phone_sends_raises(dialled: str, username: str, domain: str) -> None:
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"))))

    plan_route(a_phone_call(dialled), snapshot, NOW)
    plan_route(a_phone_call("101", caller=username), snapshot, NOW)
    plan_route(a_phone_call("101", domain=domain), snapshot, NOW)
