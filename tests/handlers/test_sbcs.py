"""SBCs: made by the platform, with nodes that hold keys, and what ISPs see of them."""

from __future__ import annotations

import base64

import pytest

from chalicelib.auth import identify_node
from chalicelib.clients.seal import seal_key
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import index_key
from chalicelib.storage.sbcs import record_ack
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.create_sbc import create_sbc
from chalicelib.workflows.enrol_node import enrol_node
from tests.api_client import ApiClient
from tests.world import an_id, an_isp, an_sbc, as_isp_admin, as_platform_admin, changed_by


def test_a_node_is_enrolled_with_both_of_its_keys(api: ApiClient) -> None:
    admin = as_platform_admin(api)
    sbc_id = an_sbc(api)

    made = admin.post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"}).expect(201)

    identity = identify_node(made["node_key"])
    assert (identity.sbc_id, identity.user_id) == (sbc_id, "n1")
    assert base64.urlsafe_b64decode(made["seal_key"] + "=") == seal_key(sbc_id)
    listed = admin.get(f"/platform/sbcs/{sbc_id}/nodes").expect(200)["items"]
    assert [node["name"] for node in listed] == ["n1"]
    assert made["node_key"] not in str(listed)


def test_a_second_node_of_the_same_name_is_refused(api: ApiClient) -> None:
    admin = as_platform_admin(api)
    sbc_id = an_sbc(api)
    admin.post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"}).expect(201)

    refused = admin.post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"})

    assert refused.expect(409)["code"] == "name_taken"


def test_a_revoked_nodes_key_opens_nothing(api: ApiClient) -> None:
    admin = as_platform_admin(api)
    sbc_id = an_sbc(api)
    made = admin.post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"}).expect(201)

    admin.delete(f"/platform/sbcs/{sbc_id}/nodes/n1").expect(204)

    with pytest.raises(PatchbayError, match="Log in first"):
        identify_node(made["node_key"])


def test_an_sbc_with_nodes_is_in_use(api: ApiClient) -> None:
    admin = as_platform_admin(api)
    sbc_id = an_sbc(api)
    admin.post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"}).expect(201)

    assert admin.delete(f"/platform/sbcs/{sbc_id}").expect(409)["code"] == "in_use"
    admin.delete(f"/platform/sbcs/{sbc_id}/nodes/n1").expect(204)
    admin.delete(f"/platform/sbcs/{sbc_id}").expect(204)
    assert admin.post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n2"}).expect(404)["code"] == "not_found"


def test_names_are_unique_on_the_platform(api: ApiClient) -> None:
    admin = as_platform_admin(api)
    name = an_id("name")
    an_sbc(api, name=name)

    refused = admin.post("/platform/sbcs", {"name": name.lower(), "address": "b.example:5060"})

    assert refused.expect(409)["code"] == "name_taken"


def test_an_sbc_of_one_isp_needs_that_isp(api: ApiClient) -> None:
    admin = as_platform_admin(api)

    refused = admin.post("/platform/sbcs", {"name": an_id("n"), "address": "b.example:1", "isp_id": an_id("isp")})

    assert refused.expect(422)["code"] == "reference_not_found"
    assert refused.json["errors"][0]["field"] == "isp_id"


def test_an_isp_sees_the_shared_sbcs_and_its_own(api: ApiClient) -> None:
    isp_id, other = an_isp(), an_isp()
    shared, own, foreign = an_sbc(api), an_sbc(api, isp_id=isp_id), an_sbc(api, isp_id=other)

    listed = as_isp_admin(api, isp_id).get("/sbcs").expect(200)["items"]

    seen = {sbc["id"]: sbc["shared"] for sbc in listed}
    assert seen[shared] is True
    assert seen[own] is False
    assert foreign not in seen


def test_isp_admins_make_no_sbcs(api: ApiClient) -> None:
    refused = as_isp_admin(api).post("/platform/sbcs", {"name": "x", "address": "b.example:1"})

    assert refused.expect(403)["code"] == "not_allowed"


def test_a_change_is_in_force_once_every_node_has_acknowledged_it(api: ApiClient) -> None:
    isp_id = an_isp()
    admin = as_isp_admin(api, isp_id)
    sbc_id = an_sbc(api, isp_id=isp_id)
    for name in ("n1", "n2"):
        enrol_node(sbc_id, name)
    tx = Transaction()
    tx.bump(index_key(sbc_id), [sbc_id])
    tx.commit()

    def in_force() -> dict[str, int]:
        listed = admin.get("/sbcs").expect(200)["items"]
        return next(sbc["in_force"] for sbc in listed if sbc["id"] == sbc_id)

    assert in_force() == {"nodes": 2, "acknowledged": 0}
    record_ack(sbc_id, "n1", an_id("chg"))
    assert in_force() == {"nodes": 2, "acknowledged": 1}


def test_allowing_private_gateways_changes_the_index(api: ApiClient) -> None:
    admin = as_platform_admin(api)
    sbc_id = an_sbc(api)

    changed = changed_by(
        sbc_id,
        lambda: admin.patch(f"/platform/sbcs/{sbc_id}", {"allow_private_gateways": True}, version=1).expect(200),
    )

    assert changed == {index_key(sbc_id)}


def test_starting_again_finds_the_same_sbc_and_node(dynamodb: str) -> None:
    name = an_id("name")
    first = create_sbc(name, "127.0.0.1:60110")
    node = enrol_node(first.id, "n1")

    again = create_sbc(name, "127.0.0.1:60110")
    same = enrol_node(again.id, "n1", node_key=node.node_key)

    assert (again.id, int(again.version)) == (first.id, 1)
    assert same == node


def test_a_node_that_lost_its_key_gets_a_new_one_and_the_old_ends(dynamodb: str) -> None:
    sbc = create_sbc(an_id("name"), "127.0.0.1:60110")
    old = enrol_node(sbc.id, "n1")

    new = enrol_node(sbc.id, "n1", replace=True)

    assert identify_node(new.node_key).sbc_id == sbc.id
    with pytest.raises(PatchbayError):
        identify_node(old.node_key)
