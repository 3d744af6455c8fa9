"""Call records: each stored once and rated once, whatever arrives, in whatever order, however often."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chalicelib.storage.cdrs import find_cdr_of_isp
from chalicelib.storage.isps import change_isp, get_isp
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import SYSTEM
from tests.api_client import ApiClient
from tests.calls_world import Provider, a_leg, a_provider, a_tenant, now_ms
from tests.world import an_sbc


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def test_a_call_is_stored_and_its_answered_leg_charged(provider: Provider) -> None:
    cdr = provider.outbound(seconds=60)

    results = provider.send(cdr)

    assert results == [{"call_id": cdr["call_id"], "status": "stored", "code": "", "message": ""}]
    assert provider.balance() == -30_000
    [entry] = provider.ledger()
    assert entry["key"] == f"call/{cdr['call_id']}/b1"
    assert entry["amount"] == "-0.030000"


def test_the_same_record_again_is_a_duplicate_and_charges_nothing(provider: Provider) -> None:
    cdr = provider.outbound()
    provider.send(cdr)

    again = provider.send(cdr, cdr)

    assert [result["status"] for result in again] == ["duplicate", "duplicate"]
    assert provider.balance() == -30_000
    assert len(provider.ledger()) == 1


def test_calls_of_one_customer_share_transactions(provider: Provider) -> None:
    cdrs = [provider.outbound() for _ in range(25)]

    answer = provider.node.post("/sbc/cdrs", {"cdrs": cdrs})

    assert {result["status"] for result in answer.expect(200)["results"]} == {"stored"}
    assert answer.operations.count("TransactWriteItems") == 1
    # node key; tenant; customer; plan; two decks and their versions; one chunk of rates; retention
    assert len(answer.operations) == 11
    assert provider.balance() == 25 * -30_000


def test_a_batch_larger_than_a_transaction_is_divided(provider: Provider) -> None:
    cdrs = [provider.outbound() for _ in range(100)]

    answer = provider.node.post("/sbc/cdrs", {"cdrs": cdrs})

    assert {result["status"] for result in answer.expect(200)["results"]} == {"stored"}
    assert answer.operations.count("TransactWriteItems") == 4
    assert provider.balance() == 100 * -30_000


def test_a_duplicate_among_new_calls_keeps_none_of_them_back(provider: Provider) -> None:
    old, first, second = (provider.outbound() for _ in range(3))
    provider.send(old)

    results = provider.send(first, old, second)

    assert [result["status"] for result in results] == ["stored", "duplicate", "stored"]
    assert provider.balance() == 3 * -30_000


def test_a_call_that_failed_over_is_rated_by_the_leg_that_answered(provider: Provider) -> None:
    setup_at = now_ms() - 100_000
    failed = provider.pstn_leg(setup_at=setup_at, sip_status=503, seconds=0) | {"answered_at": None}
    answered = provider.pstn_leg(setup_at=setup_at + 5000, seconds=61, gateway=1, leg="b2")
    cdr = provider.cdr(failed, answered, setup_at=setup_at)

    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])
    assert charge["leg"] == "b2"
    assert charge["billed_s"] == 61
    assert charge["amount_micros"] == 30_500


def test_a_forwarded_call_charges_the_forwarder_for_its_leg_and_the_did_for_the_inbound_one(provider: Provider) -> None:
    setup_at = now_ms() - 100_000
    inbound = a_leg(
        "did", called_number="+12095550100", setup_at=setup_at, answered_at=setup_at + 2000, ended_at=setup_at + 62_000
    )
    onward = provider.pstn_leg(setup_at=setup_at, seconds=60)
    cdr = provider.cdr(inbound, onward, setup_at=setup_at, direction="inbound", did="+12095550100")

    provider.send(cdr)

    did, pstn = provider.charges(cdr["call_id"])
    assert (did["leg"], did["amount_micros"], did["proof"]["leg"]["service"]) == ("a", 6_000, "DID")
    assert (pstn["leg"], pstn["charged_subscriber_id"]) == ("b1", provider.subscriber["id"])
    assert provider.balance() == -36_000
    assert len(provider.ledger()) == 2


def test_inbound_toll_free_calls_have_their_own_rate_and_lower_the_balance(provider: Provider) -> None:
    setup_at = now_ms() - 100_000
    times = {"setup_at": setup_at, "answered_at": setup_at, "ended_at": setup_at + 60_000}
    cdr = provider.cdr(
        a_leg("did", called_number="+18005550100", **times),
        a_leg("sip", subscriber_id=provider.subscriber["id"], called_number="101", **times),
        direction="inbound", did="+18005550100", setup_at=setup_at,
    )  # fmt: skip

    provider.send(cdr)

    did, sip = provider.charges(cdr["call_id"])
    assert (did["amount_micros"], did["proof"]["leg"]["number_kind"]) == (12_000, "TOLL_FREE")
    assert did["proof"]["leg"]["metadata_version"]
    assert (sip["state"], sip["amount_micros"]) == ("included", 0)
    assert provider.balance() == -12_000


def test_the_duration_that_was_charged_is_the_one_reported(provider: Provider) -> None:
    cdr = provider.outbound("+442071234567", seconds=43)

    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])
    assert charge["billed_s"] == 48
    assert charge["amount_micros"] == 96_000


def test_emergency_calls_cost_nothing_unless_the_deck_lists_them(provider: Provider) -> None:
    cdr = provider.outbound("911", service_number=True)

    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])
    assert (charge["state"], charge["amount_micros"]) == ("included", 0)
    assert provider.balance() == 0


def test_an_estimated_end_is_marked_in_the_proof(provider: Provider) -> None:
    cdr = provider.outbound(estimated=True)

    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])
    assert charge["proof"]["estimated"] is True
    assert any("wasn't seen" in line for line in charge["explanation"])


def test_refused_calls_are_kept_and_cost_nothing(provider: Provider) -> None:
    refusal = {"code": "destination_not_allowed", "sip_status": 403, "reason": "Forbidden"}
    cdr = provider.cdr(refusal=refusal, answered_at=None, sip_status=403)

    provider.send(cdr)

    call = provider.admin.get(f"/calls/{cdr['call_id']}").expect(200)
    assert call["result"] == "refused"
    assert call["refusal"]["sentence"].startswith("The subscriber's security group")
    assert call["charges"] == []
    assert provider.balance() == 0


def test_a_node_speaks_only_for_the_tenants_of_its_sbc(api: ApiClient, provider: Provider) -> None:
    other = a_provider(api)
    same_sbc = a_provider(api, sbc_id=provider.sbc_id)
    sent = [
        other.outbound(),
        other.outbound(sbc_id=provider.sbc_id),
        provider.outbound(isp_id=other.isp_id),
        provider.outbound(customer_id=same_sbc.customer_id),
        provider.outbound(tenant_id=same_sbc.tenant_id),
    ]

    results = provider.send(*sent)

    codes = [result["code"] for result in results]
    assert codes == ["foreign_sbc", "foreign_tenant", "foreign_tenant", "foreign_customer", "foreign_tenant"]
    assert {result["status"] for result in results} == {"rejected"}
    assert other.balance() == same_sbc.balance() == provider.balance() == 0


def test_only_nodes_may_send_records(provider: Provider) -> None:
    assert provider.admin.post("/sbc/cdrs", {"cdrs": []}).status == 401


def test_calls_of_two_customers_in_one_batch_are_booked_apart(provider: Provider) -> None:
    body = {"name": "Other", "service_plan_id": provider.plan_id}
    customer_id = provider.admin.post("/customers", body).expect(201)["id"]
    tenant_id = a_tenant(provider.isp_id, customer_id, provider.sbc_id)
    cdrs = [provider.outbound(), provider.outbound(tenant_id=tenant_id, customer_id=customer_id)]

    results = provider.send(*cdrs)

    assert {result["status"] for result in results} == {"stored"}
    assert provider.balance() == provider.balance(customer_id) == -30_000


def test_one_broken_record_holds_up_no_other(provider: Provider) -> None:
    good = provider.outbound()
    broken: list[Any] = [
        None,
        7,
        {},
        provider.outbound(call_id="call_1"),
        provider.outbound(ended_at="soon"),
        provider.outbound(call_id=provider.outbound(setup_at=5)["call_id"]),
        provider.outbound(setup_at=now_ms() + 3 * 86_400_000),
        provider.cdr(*[a_leg("sip", setup_at=1, ended_at=2)] * 2),
        provider.outbound(trace=[{"code": "x", "facts": {"a": [[[[[[[[[[[[[]]]]]]]]]]]]]}}]),
    ]

    results = provider.send(*broken, good)

    assert [result["status"] for result in results] == ["rejected"] * len(broken) + ["stored"]
    assert {result["code"] for result in results[:-1]} == {"invalid_cdr"}
    assert all(result["message"] for result in results[:-1])


def many_legs(provider: Provider, count: int) -> dict[str, Any]:
    """A call that no hook makes: all these legs were answered."""
    at = now_ms() - 70_000
    legs = [provider.pstn_leg(setup_at=at) | {"leg": f"b{n}"} for n in range(1, count + 1)]
    return provider.cdr(*legs, setup_at=at)


def test_a_record_with_more_charges_than_a_transaction_takes_holds_up_no_other(provider: Provider) -> None:
    good, bad = provider.outbound(), many_legs(provider, 120)

    refused, stored = provider.send(bad, good)

    assert (refused["status"], refused["code"]) == ("rejected", "invalid_cdr")
    assert stored["status"] == "stored"
    assert provider.balance() == -30_000


def test_bytes_that_are_no_text_in_a_sip_header_lose_no_call(provider: Provider) -> None:
    cdr = provider.outbound(user_agent="Phone \udcff" + "x" * 5000, dialled="\x00\ud800")

    results = provider.send(cdr)

    assert results[0]["status"] == "stored"
    assert provider.admin.get(f"/calls/{cdr['call_id']}").expect(200)["user_agent"].startswith("Phone ?x")


def test_a_call_is_kept_as_long_as_the_isp_says_and_long_enough_not_to_be_charged_twice(provider: Provider) -> None:
    day = 86_400
    isp = get_isp(provider.isp_id)
    change_isp(isp, {"cdr_retention_days": 90}, expected_version=1, actor=SYSTEM)
    recent, old = provider.outbound(), provider.outbound(setup_at=now_ms() - 200 * day * 1000)

    provider.send(recent, old)

    def days_left(cdr: dict[str, Any]) -> int:
        stored = find_cdr_of_isp(IspScope(provider.isp_id), cdr["call_id"])
        assert stored is not None
        return round((int(stored.ttl) - now_ms() / 1000) / day)

    assert days_left(recent) == 90
    assert days_left(old) == 30


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "call_id", "sbc_id", "isp_id", "tenant_id", "customer_id", "direction", "caller", "dialled", "called_number",
    "setup_at", "answered_at", "ended_at", "pdd_ms", "sip_status", "refusal", "legs", "trace", "hangup_by",
)  # fmt: skip


def test_whatever_stands_in_a_record_the_answer_says_what_became_of_it(provider: Provider) -> None:
    @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3), st.dictionaries(st.text(max_size=8), JSON))
    def any_record(changes: dict[str, Any], leg: dict[str, Any]) -> None:
        sent = provider.outbound() | changes
        if isinstance(sent["legs"], list) and sent["legs"] and isinstance(sent["legs"][0], dict):
            sent["legs"] = [sent["legs"][0] | leg]

        results = provider.send(sent)

        assert results[0]["status"] in {"stored", "duplicate", "rejected"}
        assert provider.admin.get("/calls?limit=1").status == 200

    any_record()


def test_a_record_too_deep_to_read_is_refused_in_words(provider: Provider) -> None:
    deep = b'{"cdrs":[' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"]}"

    answer = provider.node.request("POST", "/sbc/cdrs", raw=deep)

    assert answer.status in {200, 400}


def test_calls_made_before_a_move_are_stored_after_it(api: ApiClient) -> None:
    """A tenant that changes its SBC and its customer leaves records behind that are still on their way."""
    ours = a_provider(api)
    call = ours.outbound()
    other = ours.admin.post("/customers", {"name": "Other", "service_plan_id": ours.plan_id}).expect(201)
    path = f"/tenants/{ours.tenant_id}"
    version = ours.admin.get(path).expect(200)["version"]
    moved = {"sbc_id": an_sbc(api), "customer_id": other["id"]}
    ours.admin.patch(path, moved, version=version).expect(200)

    results = ours.send(call)

    assert [result["status"] for result in results] == ["stored"]
    assert ours.balance() < 0
    assert ours.balance(other["id"]) == 0
