"""Carriers: the six routes of every record, and what is particular to gateways."""

from __future__ import annotations

from tests.api_client import ApiClient
from tests.world import a_gateway, as_isp_admin


def test_a_carrier_is_created_read_and_listed(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    made = admin.post("/carriers", {"name": "Test", "gateways": [a_gateway(outbound_strip=1)]}).expect(201)

    assert made["gateways"][0]["gateway_id"].startswith("gw_")
    assert made["gateways"][0]["networks"] == ["127.0.0.2/32"]
    assert admin.get(f"/carriers/{made['id']}").expect(200) == made
    listed = admin.get("/carriers")
    assert listed.expect(200)["items"] == [made]
    assert listed.operations == ["Query"]


def test_carriers_are_found_by_the_beginning_of_their_name(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    for name in ("Zeta", "alpha", "Alps"):
        admin.post("/carriers", {"name": name}).expect(201)

    found = admin.get("/carriers?search=AL")
    page = admin.get("/carriers?search=al&limit=1").expect(200)

    assert [carrier["name"] for carrier in found.expect(200)["items"]] == ["alpha", "Alps"]
    assert found.operations == ["Query"]
    assert (page["items"], page["next_cursor"] is None) == ([], False)  # a page may be short and not be the last


def test_gateways_keep_their_order_and_ids_when_changed(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    gateways = [a_gateway(name="one"), a_gateway(name="two")]
    made = admin.post("/carriers", {"name": "Test", "gateways": gateways}).expect(201)

    changed = admin.patch(f"/carriers/{made['id']}", {"gateways": list(reversed(made["gateways"]))}, version=1).expect(
        200
    )

    assert [g["name"] for g in changed["gateways"]] == ["two", "one"]
    assert changed["gateways"] == list(reversed(made["gateways"]))
    assert changed["version"] == 2


def test_a_stale_version_changes_nothing(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/carriers", {"name": "Test"}).expect(201)
    admin.patch(f"/carriers/{made['id']}", {"name": "First"}, version=1).expect(200)

    lost = admin.patch(f"/carriers/{made['id']}", {"name": "Second"}, version=1)

    assert lost.expect(412)["code"] == "version_conflict"
    assert admin.get(f"/carriers/{made['id']}").expect(200)["name"] == "First"
    assert admin.patch(f"/carriers/{made['id']}", {"name": "Third"}).expect(428)["code"] == "version_required"


def test_a_deleted_carrier_is_gone_until_it_is_restored(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/carriers", {"name": "Test"}).expect(201)

    admin.delete(f"/carriers/{made['id']}").expect(204)

    assert admin.get(f"/carriers/{made['id']}").expect(404)["code"] == "not_found"
    assert admin.get("/carriers").expect(200)["items"] == []
    restored = admin.post(f"/carriers/{made['id']}/restore").expect(200)
    assert restored["name"] == "Test"
    assert restored["version"] == 2


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    made = as_isp_admin(api).post("/carriers", {"name": "Test"}).expect(201)
    stranger = as_isp_admin(api)

    assert stranger.get(f"/carriers/{made['id']}").status == 404
    assert stranger.get("/carriers").expect(200)["items"] == []


def test_a_repeated_post_with_an_idempotency_key_is_done_once(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    key = {"idempotency-key": "k1"}

    first = admin.post("/carriers", {"name": "Test"}, headers=key)
    second = admin.post("/carriers", {"name": "Test"}, headers=key)
    other = admin.post("/carriers", {"name": "Other"}, headers=key)

    assert second.expect(201) == first.expect(201)
    assert other.expect(422)["code"] == "idempotency_key_reused"
    assert len(admin.get("/carriers").expect(200)["items"]) == 1


def test_wrong_fields_are_named(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    refused = admin.post("/carriers", {"name": "Test", "gateways": [a_gateway(port=70000)]}).expect(422)

    assert refused["code"] == "invalid_request"
    assert refused["errors"][0]["field"] == "gateways.0.port"


def test_pages_follow_a_signed_cursor(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    names = [admin.post("/carriers", {"name": f"C{n}"}).expect(201)["name"] for n in range(3)]

    first = admin.get("/carriers?limit=2").expect(200)
    second = admin.get(f"/carriers?limit=2&cursor={first['next_cursor']}").expect(200)

    assert [c["name"] for c in first["items"] + second["items"]] == names
    assert second["next_cursor"] is None
    assert as_isp_admin(api).get(f"/carriers?cursor={first['next_cursor']}").expect(400)["code"] == "invalid_cursor"
