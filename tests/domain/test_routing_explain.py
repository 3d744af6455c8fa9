"""Explanations: complete, in plain words, and for tenants without a word about carriers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import chalicelib.domain
from chalicelib.domain.explain import explain, explain_result, refusal_text
from chalicelib.domain.explain_sentences import SENTENCES
from chalicelib.domain.language import LANGUAGES, Language
from chalicelib.domain.plan import Attempt, Refusal, RoutePlan, TraceStep
from chalicelib.domain.refusals import CATALOGUE, PUBLIC_SENTENCE
from chalicelib.domain.routing import plan_route
from chalicelib.domain.snapshot import Snapshot
from tests.domain.snapshots import (
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

SOURCES = sorted(Path(chalicelib.domain.__file__).parent.glob("*.py"))
SECRETS = ("secrettel", "gwname", "192.0.2.1", "trunk7", "carrier.example")


ATTEMPTS = [
    a_phone_call("102"),
    a_phone_call("2092488701"),
    a_phone_call("2092488701", privacy=True),
    a_phone_call("911"),
    a_phone_call("3102488701"),
    a_phone_call("nonsense"),
    a_phone_call("102", caller="mallory"),
    a_gateway_call(),
    a_gateway_call(privacy=True),
    a_gateway_call("+12095550999"),
    a_gateway_call(src_ip="203.0.113.1"),
]


def a_secret_world(**carrier: Any) -> Snapshot:
    gateway = a_gateway("gwname", add_pai=True, source_user="trunk7")
    bob = a_subscriber("bob", alias="102", date_range_id="dr_1", forward_busy="2092488701", forward_no_answer="102")
    office = {"date_range_id": "dr_1", "name": "Office", "time_zone": "UTC", "rules": []}
    tenant = a_tenant(a_subscriber("alice", alias="101"), bob, date_ranges=[office], carrier_id="car_secrettel")
    return a_snapshot(an_isp(tenant, carriers=[a_carrier(gateway, name="secrettel", **carrier)]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suspended", [False, True])
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: f"{attempt.source} {attempt.dialled}")
def test_tenants_never_read_about_carriers(attempt: Attempt, suspended: bool, language: Language) -> None:
    result = plan_route(attempt, a_secret_world(suspended=suspended), NOW)

    steps = explain(result.trace, audience="tenant", language=language)
    told = repr(steps) + repr(explain_result(result, audience="tenant", language=language))

    assert not [secret for secret in SECRETS if secret in told]
    assert "gateway" not in told.lower()


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: f"{attempt.source} {attempt.dialled}")
def test_every_step_is_a_whole_sentence(attempt: Attempt) -> None:
    result = plan_route(attempt, a_secret_world(), NOW)

    steps = explain(result.trace, audience="isp", language="en")

    assert len(steps) == len(result.trace)
    assert not [step for step in steps if not re.fullmatch(r"[A-Za-z0-9+].*[.)]", step.text)]
    assert not [step for step in steps if "{" in step.text or "}" in step.text]


def test_every_code_that_routing_can_trace_has_its_sentence() -> None:
    text = "".join(path.read_text() for path in SOURCES)

    codes = set(re.findall(r'(?:\.step|TraceStep)\(\s*"([a-z0-9_]+)"', text)) - {"refused"}

    assert codes
    assert codes - SENTENCES.keys() - {"forward_left_out"} == set()
    assert SENTENCES.keys() - codes == set()


def test_every_refusal_raised_is_in_the_catalogue() -> None:
    text = "".join(path.read_text() for path in SOURCES)

    raised = set(re.findall(r'(?:RefusedError|DialplanRefusal)\(\s*"([a-z0-9_]+)"', text))

    assert raised
    assert raised <= CATALOGUE.keys()


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)
def test_the_catalogue_speaks_in_sentences_and_reasons_give_nothing_away(kind: Any) -> None:
    assert all(text.endswith(".") for text in (*kind.sentence, *kind.advice))
    assert 400 <= kind.sip_status < 700
    assert not re.search("tenant|domain|suspend|prepaid|gateway|carrier", kind.reason, re.IGNORECASE)


def test_the_provider_sees_the_requests_that_would_be_sent() -> None:
    result = plan_route(a_phone_call("2092488701"), a_secret_world(), NOW)

    explained = explain_result(result, audience="isp", language="en")

    assert explained.routed
    assert explained.requests == (
        (
            "INVITE sip:+12092488701@gwname.carrier.example:5060 SIP/2.0",
            'From: "Alice" <sip:trunk7@gwname.carrier.example>',
            "P-Asserted-Identity: <sip:+12092488700@gwname.carrier.example>",
        ),
    )
    assert "whether the gateways answer at this moment" in explained.unknown


def test_live_facts_are_named_as_unknown() -> None:
    result = plan_route(a_phone_call("102"), a_secret_world(), NOW)

    explained = explain_result(result, audience="tenant", language="en")
    assert "whether the called phones are registered at this moment" in explained.unknown


def test_the_summary_says_when_a_stage_follows() -> None:
    result = plan_route(a_phone_call("102"), a_secret_world(), NOW)

    summary = explain_result(result, audience="tenant", language="en").summary

    assert summary == (
        "The call would be routed: ring 102 (sip:bob@acme.ring.example) for up to 30 seconds; "
        "if 102 is busy, call +12092488701 through the telephone network."
    )


def test_a_refusal_says_what_to_do() -> None:
    result = plan_route(a_phone_call("3102488701"), a_secret_world(), NOW)

    explained = explain_result(result, audience="tenant", language="en")

    assert (explained.routed, explained.code) == (False, "destination_not_allowed")
    assert "403 Forbidden" in explained.summary
    assert "security group" in explained.advice


def test_a_tenant_learns_that_a_call_fails_at_the_carrier_but_not_why() -> None:
    result = plan_route(a_phone_call("2092488701"), a_secret_world(suspended=True), NOW)
    assert isinstance(result, Refusal)

    steps = explain(result.trace, audience="tenant", language="en")

    assert steps[-1].text == PUBLIC_SENTENCE.en
    assert explain_result(result, audience="tenant", language="en").code == "refused"


def test_the_rule_that_fired_is_told_with_its_parts() -> None:
    result = plan_route(a_phone_call("2488701"), a_secret_world(), NOW)
    assert isinstance(result, RoutePlan)

    (step,) = [step for step in explain(result.trace, audience="tenant", language="en") if step.code == "rule_fired"]

    assert "2488701" in step.text
    assert "+12092488701" in step.text


def test_steps_of_another_release_are_shown_by_their_code() -> None:
    (step,) = explain([TraceStep("moon_phase_checked", {})], audience="isp", language="en")

    assert step.text == "Moon phase checked."


def test_an_unknown_refusal_code_still_has_words() -> None:
    assert refusal_text("from_the_future", "isp", "en")[0] == PUBLIC_SENTENCE.en
