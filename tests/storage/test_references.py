"""References hold in a race: nothing is deleted while something else begins to refer to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.api_client import ApiClient
from tests.world import as_isp_admin

ROUNDS = 15


def test_a_carrier_is_deleted_or_referred_to_but_never_both(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    outcomes = set()
    with ThreadPoolExecutor(3) as pool:
        for _ in range(ROUNDS):
            carrier = admin.post("/carriers", {"name": "C"}).expect(201)["id"]
            body = {"name": "P", "currency": "USD", "carrier_id": carrier}

            plans = [pool.submit(admin.post, "/service-plans", body) for _ in range(2)]
            deletion = pool.submit(admin.delete, f"/carriers/{carrier}").result()
            statuses = sorted(plan.result().status for plan in plans)

            exists = admin.get(f"/carriers/{carrier}").status == 200
            assert exists == (deletion.status != 204)
            assert exists or statuses == [422, 422]
            outcomes.add((deletion.status, *statuses))

    assert {status for outcome in outcomes for status in outcome} <= {201, 204, 409, 422, 503}
