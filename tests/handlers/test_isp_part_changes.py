"""What an ISP changes reaches the SBCs that serve it, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import index_key, isp_key
from chalicelib.storage.isp_sbcs import advance_sbc_set, bump_isp, count_tenant, sbc_set
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient
from tests.world import a_gateway, an_id, an_isp, as_isp_admin, changed_by


@dataclass(frozen=True)
class Served:
    """An ISP with its admin, and the SBC that its one tenant is on."""

    isp_id: str
    sbc_id: str
    admin: ApiClient

    def changed_by(self, work: Callable[[], object]) -> set[str]:
        return changed_by(self.sbc_id, work)


def serve(isp_id: str, sbc_id: str) -> None:
    """What the first tenant of the ISP on the SBC does to the set."""
    seen = sbc_set(isp_id)
    tx = Transaction()
    if count_tenant(tx, isp_id, sbc_id, +1, seen=seen):
        advance_sbc_set(tx, isp_id, seen)
    tx.commit()


@pytest.fixture
def served(api: ApiClient) -> Served:
    isp_id, sbc_id = an_isp(), an_id("sbc")
    serve(isp_id, sbc_id)
    return Served(isp_id, sbc_id, as_isp_admin(api, isp_id))


def test_a_dialplan_changes_the_isps_part(served: Served) -> None:
    admin = served.admin
    made = admin.post("/dialplans", {"name": "US", "preset": "us"}).expect(201)

    changed = served.changed_by(lambda: admin.patch(f"/dialplans/{made['id']}", {"rules": []}, version=1).expect(200))
    deleted = served.changed_by(lambda: admin.delete(f"/dialplans/{made['id']}").expect(204))

    assert changed == {isp_key(served.isp_id)}
    assert deleted == {isp_key(served.isp_id)}


def test_a_service_plan_changes_the_isps_part_by_its_kind_of_payment_alone(served: Served) -> None:
    admin = served.admin
    path = f"/service-plans/{admin.post('/service-plans', {'name': 'P', 'currency': 'USD'}).expect(201)['id']}"

    renamed = served.changed_by(lambda: admin.patch(path, {"name": "Q"}, version=1).expect(200))
    prepaid = served.changed_by(lambda: admin.patch(path, {"payment": "prepaid"}, version=2).expect(200))

    assert renamed == set()
    assert prepaid == {isp_key(served.isp_id)}


def test_a_gateway_changes_the_sbcs_index_too(served: Served) -> None:
    body = {"name": "C", "gateways": [a_gateway()]}

    changed = served.changed_by(lambda: served.admin.post("/carriers", body).expect(201))

    assert changed == {isp_key(served.isp_id), index_key(served.sbc_id)}


def test_another_isps_sbc_hears_nothing(served: Served) -> None:
    other = an_id("sbc")
    serve(an_isp(), other)

    changed = changed_by(other, lambda: served.admin.post("/dialplans", {"name": "D"}).expect(201))

    assert changed == set()


def test_who_acts_on_an_outdated_set_of_sbcs_must_try_again(served: Served) -> None:
    tx = Transaction()
    bump_isp(tx, served.isp_id)
    serve(served.isp_id, an_id("sbc"))

    with pytest.raises(PatchbayError, match="try again"):
        tx.commit()


def test_the_last_tenant_on_an_sbc_isnt_counted_twice(served: Served) -> None:
    seen = sbc_set(served.isp_id)
    first, second = Transaction(), Transaction()
    for tx in (first, second):
        assert count_tenant(tx, served.isp_id, served.sbc_id, -1, seen=seen)
        advance_sbc_set(tx, served.isp_id, seen)
    first.commit()

    with pytest.raises(PatchbayError, match="try again"):
        second.commit()
    assert sbc_set(served.isp_id).sbc_ids == []
