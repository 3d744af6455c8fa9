"""What the hook writes is what the API reads: records of calls planned from the API's own snapshot parts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest

from chalicelib.domain.plan import Attempt, Refusal, RoutePlan
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.workflows.build_part import build_part
from chalicelib.workflows.explain_call import explain_call
from sbc.hook.cdr import Ending, NodeIdentity, build_cdr, build_refusal_cdr
from sbc.hook.live_calls import Call, Invite, Leg
from tests.api_client import ApiClient
from tests.world import TenantWorld, a_tenant_world, an_id


@pytest.fixture
def world(api: ApiClient) -> TenantWorld:
    world = a_tenant_world(api, main_number="+12095550100")
    group_id = world.admin.post(f"{world.path}/security-groups", {"name": "US", "prefixes": ["+1"]}).expect(201)["id"]
    ann = {"username": "ann", "alias": "101", "security_group_id": group_id}
    world.admin.post(f"{world.path}/subscribers", ann).expect(201)
    return world


def decide(world: TenantWorld, attempt: Attempt) -> RoutePlan | Refusal:
    scope = find_tenant_scope(world.isp_id, world.tenant_id)
    assert scope is not None
    now = datetime.now(UTC)
    load_part = partial(build_part, sbc_id=world.sbc_id)
    found = explain_call(scope, attempt, now, audience="isp", language="en", load_part=load_part)
    return found.decision


def test_an_answered_call_as_the_hook_records_it_is_stored_and_shown(world: TenantWorld) -> None:
    attempt = Attempt("phone", "2092488700", domain=world.domain, username="ann", src_ip="192.0.2.7")
    plan = decide(world, attempt)
    assert isinstance(plan, RoutePlan)
    call_id = an_id("call")
    at = int(datetime.now(UTC).timestamp() * 1000)
    call = Call(
        call_id, plan, Invite(attempt, sip_call_id="abc", user_agent="Phone/1"), at,
        legs=[Leg(0, 0, at, at + 2000, None, 200)], ringing_at=at + 500, answered_at=at + 2000,
    )  # fmt: skip
    record = build_cdr(call, Ending(at + 62_000, "callee", 200), identity=NodeIdentity(world.sbc_id, "n1"))

    results = world.node.post("/sbc/cdrs", {"cdrs": [json.loads(json.dumps(record))]}).expect(200)["results"]

    assert results == [{"call_id": call_id, "status": "stored", "code": "", "message": ""}]
    shown = world.admin.get(f"/calls/{call_id}").expect(200)
    assert (shown["called"]["number"], shown["talk_s"], shown["carrier_id"]) == (
        "+12092488700",
        60,
        world.carrier_id,
    )
    assert [step["code"] for step in shown["steps"]] == [step.code for step in plan.trace]


def test_a_refused_call_as_the_hook_records_it_is_stored_and_explained(world: TenantWorld) -> None:
    attempt = Attempt("phone", "+442071234567", domain=world.domain, username="ann")
    refusal = decide(world, attempt)
    assert isinstance(refusal, Refusal)
    assert refusal.facts is not None
    record = build_refusal_cdr(
        refusal, refusal.facts, call_id=an_id("call"), invite=Invite(attempt),
        setup_at=int(datetime.now(UTC).timestamp() * 1000), identity=NodeIdentity(world.sbc_id, "n1"),
    )  # fmt: skip

    results = world.node.post("/sbc/cdrs", {"cdrs": [json.loads(json.dumps(record))]}).expect(200)["results"]

    assert results[0]["status"] == "stored"
    shown = world.admin.get(f"/calls/{record['call_id']}").expect(200)
    assert shown["refusal"]["code"] == refusal.code
    assert shown["refusal"]["advice"]
