"""The ISP's own settings, theme and audit trail, and what the platform's admin does with ISPs."""

from __future__ import annotations

import pytest

from chalicelib.domain.parts import isp_key
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.isp_sbcs import count_tenant, sbc_set
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient
from tests.onboarding import PASSWORD, PLATFORM_EMAIL, a_name, as_platform_admin, onboard, the_platform
from tests.world import an_id


def test_settings_are_changed_except_for_what_is_immutable(api: ApiClient) -> None:
    world = onboard(api)

    changed = world.api.patch("/isp", {"company": "New", "time_zone": "Asia/Tokyo"}, version=1).expect(200)

    assert (changed["company"], changed["time_zone"], changed["version"]) == ("New", "Asia/Tokyo", 2)
    assert changed["currency"] == "CHF"
    assert world.api.patch("/isp", {"currency": "CHF"}, version=2).expect(200)["version"] == 3
    for field, value in (("namespace", a_name()), ("currency", "EUR")):
        refused = world.api.patch("/isp", {field: value}, version=3).expect(409)
        assert (refused["code"], refused["errors"][0]["field"]) == ("immutable", field)


@pytest.mark.parametrize("body", [{"country": "XX"}, {"time_zone": "Nowhere"}, {"company": ""}, {"suspended": True}])
def test_wrong_settings_are_named(api: ApiClient, body: dict[str, object]) -> None:
    refused = onboard(api).api.patch("/isp", body, version=1).expect(422)

    assert refused["errors"][0]["field"] == next(iter(body))


def test_stale_settings_change_nothing(api: ApiClient) -> None:
    world = onboard(api)
    world.api.patch("/isp", {"company": "New"}, version=1).expect(200)

    assert world.api.patch("/isp", {"company": "Newer"}, version=1).expect(412)["code"] == "version_conflict"
    assert world.api.patch("/isp", {"company": "Newer"}).expect(428)["code"] == "version_required"


def test_a_theme_is_changed_and_keeps_its_logo_unless_told(api: ApiClient) -> None:
    world = onboard(api)
    logo = {"media_type": "image/png", "data": "iVBORw0KGgo="}

    with_logo = world.api.put("/isp/theme", {"logo": logo}, headers={"if-match": '"1"'}).expect(200)
    recolored = world.api.put("/isp/theme", {"accent_color": "#000000"}, headers={"if-match": '"2"'}).expect(200)
    without = world.api.put("/isp/theme", {"logo": None}, headers={"if-match": '"3"'}).expect(200)
    stale = world.api.put("/isp/theme", {}, headers={"if-match": '"2"'})

    assert with_logo["logo_url"] == recolored["logo_url"] is not None
    assert without["logo_url"] is None
    assert stale.expect(412)["code"] == "version_conflict"
    assert api.get(f"/themes/{world.namespace}").expect(200) == world.api.get("/isp/theme").expect(200)
    assert api.get(f"/themes/{world.namespace}/logo").status == 404


def test_the_audit_trail_is_one_query_newest_first(api: ApiClient) -> None:
    world = onboard(api)
    world.api.patch("/isp", {"company": "New"}, version=1).expect(200)

    answer = world.api.get("/audit?limit=2")
    page = answer.expect(200)
    rest = world.api.get(f"/audit?cursor={page['next_cursor']}").expect(200)

    assert answer.operations == ["Query"]
    assert page["items"][0]["action"] == "isp.change"
    assert (page["items"][0]["before"]["name"], page["items"][0]["after"]["name"]) == ("Acme Telecom", "New")
    actions = {entry["action"] for entry in page["items"] + rest["items"]}
    assert actions == {"isp.create", "user.create", "isp.change"}
    assert onboard(api).api.get(f"/audit?cursor={page['next_cursor']}").expect(400)["code"] == "invalid_cursor"


def test_the_audit_trail_is_filtered_by_who_what_and_when(api: ApiClient) -> None:
    world = onboard(api)
    world.api.patch("/isp", {"company": "New"}, version=1).expect(200)

    def actions(query: str) -> list[str]:
        return [entry["action"] for entry in world.api.get(f"/audit?{query}").expect(200)["items"]]

    everything = world.api.get("/audit").expect(200)["items"]
    changed = next(entry for entry in everything if entry["action"] == "isp.change")

    assert actions("action=isp.") == ["isp.change", "isp.create"]
    assert actions("action=isp.change") == ["isp.change"]
    assert "isp.change" in actions(f"user_id={changed['user_id']}")
    assert actions(f"user_id={an_id('usr')}") == []
    assert actions(f"since={changed['at']}&until={changed['at']}") == ["isp.change"]
    assert actions("since=2200-01-01T00:00:00Z") == []
    assert actions("since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z") == []
    assert world.api.get("/audit?action=ISP").expect(422)["code"] == "invalid_request"


def test_a_suspended_isp_is_locked_out_and_its_sbcs_are_told(api: ApiClient) -> None:
    world, platform = onboard(api), as_platform_admin(api)
    isp_id, sbc_id = world.api.get("/isp").expect(200)["id"], an_id("sbc")
    tx = Transaction()
    count_tenant(tx, isp_id, sbc_id, +1, seen=sbc_set(isp_id))
    tx.commit()

    platform.patch(f"/platform/isps/{isp_id}", {"suspended": True}, version=1).expect(200)

    assert api.post("/auth/login", world.login_body()).expect(403)["code"] == "suspended"
    assert api.post("/auth/login", world.login_body(password="wrong password")).status == 401
    refused = api.post("/auth/refresh", {"refresh_token": world.tokens["refresh_token"]})
    assert refused.expect(403)["code"] == "suspended"
    assert _version(isp_key(isp_id), sbc_id) == 1
    platform.patch(f"/platform/isps/{isp_id}", {"suspended": False}, version=2).expect(200)
    api.post("/auth/refresh", {"refresh_token": world.tokens["refresh_token"]}).expect(200)
    assert _version(isp_key(isp_id), sbc_id) == 2


def test_the_platform_finds_isps_by_name(api: ApiClient) -> None:
    company = a_name("Company ")
    world, platform = onboard(api, company=company), as_platform_admin(api)

    found = platform.get(f"/platform/isps?search={company.upper().replace(' ', '%20')}").expect(200)

    assert [isp["namespace"] for isp in found["items"]] == [world.namespace]
    isp_id = found["items"][0]["id"]
    assert platform.get(f"/platform/isps/{isp_id}").expect(200) == found["items"][0]
    assert platform.get(f"/platform/isps/{an_id('isp')}").expect(404)["code"] == "not_found"
    assert world.api.get("/platform/isps").expect(403)["code"] == "not_allowed"
    assert world.api.patch(f"/platform/isps/{isp_id}", {"suspended": False}, version=1).status == 403


def test_a_platform_admin_has_no_isp(api: ApiClient) -> None:
    platform = as_platform_admin(api)

    assert platform.get("/me").expect(200)["isp"] is None
    assert platform.get("/isp").status == platform.get("/users").status == 403


def test_the_platform_keeps_its_plans(api: ApiClient) -> None:
    platform = as_platform_admin(api)

    made = platform.post("/platform/plans", {"name": "Gold", "price_micros": 99_000_000}).expect(201)

    assert made["id"] in {plan["id"] for plan in api.get("/platform-plans").expect(200)["items"]}
    platform.delete(f"/platform/plans/{made['id']}").expect(204)
    assert made["id"] not in {plan["id"] for plan in api.get("/platform-plans").expect(200)["items"]}
    assert onboard(api).api.post("/platform/plans", {"name": "X"}).status == 403


def test_bootstrapping_again_changes_nothing(dynamodb: str, api: ApiClient) -> None:
    first = the_platform()
    from chalicelib.workflows.bootstrap_platform import bootstrap_platform

    again = bootstrap_platform(admin_email=PLATFORM_EMAIL.upper(), admin_password=PASSWORD)

    assert (again.admin_user_id, again.platform_plan_id) == (first.admin_user_id, first.platform_plan_id)
    assert again.admin_password is None
    body = {"namespace": "platform", "email": PLATFORM_EMAIL, "password": PASSWORD}
    api.post("/auth/login", body).expect(401)


def _version(part_key: str, sbc_id: str) -> int:
    db = database()
    found = db.client.get_item(
        TableName=db.table_name, Key={"PK": {"S": keys.sbc_versions(sbc_id)}, "SK": {"S": part_key}}
    )
    return int(found["Item"]["version"]["N"])


def test_the_phone_is_an_app_of_the_isps_name_and_colour(api: ApiClient) -> None:
    world = onboard(api, company="Acme Telecom")
    world.api.put("/isp/theme", {"primary_color": "#aa0000"}, headers={"if-match": '"1"'}).expect(200)

    answer = api.get(f"/themes/{world.namespace.upper()}/phone.webmanifest")

    manifest = answer.expect(200)
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (manifest["name"], manifest["theme_color"]) == ("Acme Telecom", "#aa0000")
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/phone/", "/phone/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_a_namespace_that_nobody_has_gives_the_platforms_own_app(api: ApiClient) -> None:
    assert api.get("/themes/nobody-at-all/phone.webmanifest").expect(200)["name"] == "Patchbay"
