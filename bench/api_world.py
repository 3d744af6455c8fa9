"""The requests that ``api_cost`` measures, by area; together every route."""

from __future__ import annotations

from typing import Any

from bench.api_drive import Drive, Json
from tests.api_client import ApiClient
from tests.calls_world import RATES, SERVICES, UK_MOBILE, US, Provider, a_provider
from tests.imports import fetch
from tests.onboarding import (
    PASSWORD,
    World,
    an_email,
    as_platform_admin,
    begin_onboarding,
    isp_step,
    mails_to,
    onboard,
    the_platform,
    token_in,
)
from tests.world import a_gateway, an_id

SUBSCRIBERS = 60  # more than a page
DIDS = [f"+120924890{number:02}" for number in range(60)]


def drive_everything() -> Drive:
    drive, api = Drive(), ApiClient()
    drive.attempt(drive_open, api)
    drive.attempt(drive_people, api)
    drive.attempt(drive_platform, as_platform_admin(api), onboard(api))
    provider = a_provider(api)
    for area in (drive_catalogue, drive_customers, drive_tenants, drive_numbers, drive_calls, drive_live, drive_node):
        drive.attempt(area, provider)
    return drive


def drive_open(drive: Drive, api: ApiClient) -> None:
    drive.ask(api, "GET", "/health")
    drive.ask(api, "GET", "/openapi.json")
    drive.ask(api, "GET", "/platform-plans")


def drive_people(drive: Drive, api: ApiClient) -> None:
    """Signup to log-out of an ISP's first admin, and another user."""
    email, answers = an_email(), isp_step()
    drive.ask(api, "POST", "/signup", {"email": email})
    drive.ask(api, "POST", "/signup/confirm", {"token": token_in(mails_to(email)[0])})
    newcomer = begin_onboarding(api, email)
    drive.ask(newcomer, "GET", "/onboarding")
    drive.ask(newcomer, "PUT", "/onboarding/user", {"full_name": "Ann Admin", "password": PASSWORD})
    drive.ask(newcomer, "PUT", "/onboarding/isp", answers)
    drive.ask(newcomer, "PUT", "/onboarding/theme", {})
    plan = {"platform_plan_id": the_platform().platform_plan_id}
    tokens = drive.ask(newcomer, "PUT", "/onboarding/plan", plan)
    world = World(api.as_token(tokens["access_token"]), answers["namespace"], email, PASSWORD, tokens)
    _drive_users(drive, world)
    _drive_own_isp(drive, world)
    _drive_sessions(drive, api, world)


def _drive_users(drive: Drive, world: World) -> None:
    bob = {"email": an_email(), "full_name": "Bob", "role": "isp_admin"}
    made = drive.crud(world.api, "/users", bob, {"full_name": "Bob B."})
    drive.ask(world.api, "POST", f"/users/{made['id']}/invitation")


def _drive_own_isp(drive: Drive, world: World) -> None:
    isp = drive.ask(world.api, "GET", "/isp")
    drive.ask(world.api, "PATCH", "/isp", {"company": "Acme"}, version=isp["version"])
    theme = drive.ask(world.api, "GET", "/isp/theme")
    drive.ask(world.api, "PUT", "/isp/theme", {"logo": LOGO}, version=theme["version"])
    drive.ask(world.api, "GET", f"/themes/{world.namespace}")
    drive.ask(world.api, "GET", f"/themes/{world.namespace}/logo", headers={"accept": "image/png"})
    drive.ask(world.api, "GET", f"/themes/{world.namespace}/phone.webmanifest")
    drive.ask(world.api, "GET", "/audit")


LOGO = {
    "media_type": "image/png",
    "data": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
}


def _drive_sessions(drive: Drive, api: ApiClient, world: World) -> None:
    tokens = drive.ask(api, "POST", "/auth/login", world.login_body())
    tokens = drive.ask(api, "POST", "/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    user = api.as_token(tokens["access_token"])
    drive.ask(user, "GET", "/me")
    change = {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"}
    tokens = drive.ask(user, "PUT", "/me/password", change) or tokens
    drive.ask(api, "POST", "/auth/logout", {"refresh_token": tokens["refresh_token"]})
    drive.ask(api, "POST", "/auth/password-reset", {"namespace": world.namespace, "email": world.email})
    token = token_in(mails_to(world.email)[0])
    drive.ask(api, "POST", "/auth/password-reset/confirm", {"token": token, "password": PASSWORD})


def drive_platform(drive: Drive, platform: ApiClient, world: World) -> None:
    isp_id = world.api.get("/isp").expect(200)["id"]
    drive.ask(platform, "GET", "/platform/isps")
    isp = drive.ask(platform, "GET", f"/platform/isps/{isp_id}")
    drive.ask(platform, "PATCH", f"/platform/isps/{isp_id}", {"suspended": False}, version=isp["version"])
    drive.crud(platform, "/platform/plans", {"name": "Small"}, {"name": "Smaller"})
    sbc = drive.crud(
        platform, "/platform/sbcs", {"name": an_id("sbc"), "address": "a.example:5060"}, {"name": an_id("sbc")}
    )
    nodes = f"/platform/sbcs/{sbc['id']}/nodes"
    drive.ask(platform, "POST", nodes, {"name": "n1"})
    drive.ask(platform, "GET", nodes)
    drive.ask(platform, "DELETE", f"{nodes}/n1")
    _drive_enrolments(drive, platform, sbc["id"])
    drive.ask(platform, "GET", "/platform/ledger-findings")
    first = drive.ask(platform, "GET", "/platform/migrations")["items"][0]
    drive.ask(platform, "POST", f"/platform/migrations/{first['number']}/run-again")


def _drive_enrolments(drive: Drive, platform: ApiClient, sbc_id: str) -> None:
    path = f"/platform/sbcs/{sbc_id}/enrolments"
    made = drive.ask(platform, "POST", path, {"name": "n2"})
    drive.ask(platform, "GET", path)
    drive.ask(platform, "POST", "/sbc/enrol", {"key": made["key"]})
    other = drive.ask(platform, "POST", path, {"name": "n3"})
    drive.ask(platform, "DELETE", f"{path}/{other['id']}")


def drive_catalogue(drive: Drive, provider: Provider) -> None:
    """Carriers, dialplans, plans and decks."""
    admin = provider.admin
    drive.crud(admin, "/carriers", {"name": "Second", "gateways": [a_gateway()]}, {"name": "Third"})
    dialplan = drive.crud(admin, "/dialplans", {"name": "US", "preset": "us"}, {"name": "USA"})
    drive.ask(admin, "GET", "/dialplan-presets")
    drive.ask(admin, "POST", "/dialplan-tests", {"dialled": "911", "rules": dialplan["rules"]})
    drive.ask(admin, "POST", f"/dialplans/{dialplan['id']}/test", {"dialled": "2092488701", "area_code": "209"})
    deck = {"name": "Deck", "currency": "USD", "entries": list(SERVICES)}
    service_deck = drive.crud(admin, "/service-decks", deck, {"name": "Deck 2"})
    drive.ask(admin, "GET", f"/service-decks/{service_deck['id']}/versions/1")
    rate_deck = drive.crud(admin, "/rate-decks", {"name": "Rates 2", "currency": "USD"}, {"name": "Rates 3"})
    _drive_rates(drive, admin, rate_deck)
    plan = {"name": "Plan 2", "currency": "USD", "service_deck_id": service_deck["id"]}
    drive.crud(admin, "/service-plans", plan, {"name": "Plan 3"})


def _drive_rates(drive: Drive, admin: ApiClient, rate_deck: Json) -> None:
    path = f"/rate-decks/{rate_deck['id']}/rates"
    drive.ask(admin, "PUT", path, {"rates": list(RATES)}, version=rate_deck["version"])
    drive.ask(admin, "GET", path)
    drive.ask(admin, "GET", f"{path}/lookup?number=%2B12095550123")


def drive_customers(drive: Drive, provider: Provider) -> None:
    admin = provider.admin
    body = {"name": "Beta", "service_plan_id": provider.plan_id}
    drive.crud(admin, "/customers", body, {"name": "Beta 2"})
    own = f"/customers/{provider.customer_id}"
    drive.ask(admin, "POST", f"{own}/adjustments", {"amount_micros": 5_000_000, "reason": "Deposit"})
    drive.ask(admin, "GET", f"{own}/balance")
    drive.ask(admin, "GET", f"{own}/ledger")
    made = drive.ask(admin, "POST", "/domains", {"domain": f"{an_id('d')[2:].lower()}.example"})
    publish(made["txt_record"])
    drive.ask(admin, "GET", "/domains")
    drive.ask(admin, "GET", f"/domains/{made['id']}")
    drive.ask(admin, "POST", f"/domains/{made['id']}/verify")
    drive.ask(admin, "DELETE", f"/domains/{made['id']}")
    drive.ask(admin, "POST", f"/domains/{made['id']}/restore")


def publish(txt_record: Json) -> None:
    """In the file that the embedded DNS adapter answers from."""
    import json
    from pathlib import Path

    from chalicelib.settings import settings

    Path(settings().dns_file).write_text(json.dumps({txt_record["name"]: [txt_record["value"]]}))


def drive_tenants(drive: Drive, provider: Provider) -> None:
    admin = provider.admin
    body = {"name": "Shop", "domain": "shop", "customer_id": provider.customer_id, "sbc_id": provider.sbc_id}
    tenant = drive.crud(admin, "/tenants", body, {"name": "Shop 2"})
    path = f"/tenants/{tenant['id']}"
    drive.ask(admin, "POST", f"{path}/view")
    drive.ask(admin, "GET", "/sbcs")
    drive.ask(admin, "GET", "/countries")
    hours: Json = {"name": "Office", "time_zone": "Europe/Zurich", "rules": [{"weekdays": [1, 2, 3, 4, 5]}]}
    drive.crud(admin, f"{path}/date-ranges", hours, {"name": "Office 2"})
    group = drive.crud(
        admin, f"{path}/security-groups", {"name": "USA", "countries": ["US"]}, {"countries": ["US", "GB"]}
    )
    drive.ask(admin, "POST", "/security-group-tests", {"countries": ["US", "GB"], "number": "+12092488701"})
    drive.ask(admin, "POST", "/date-range-tests", {"time_zone": "UTC", "rules": [{"weekdays": [1]}]})
    drive.ask(admin, "GET", f"{path}/connection")
    for number in range(SUBSCRIBERS):
        admin.post(f"{path}/subscribers", {"username": f"u{number}", "alias": f"{number + 100}"}).expect(201)
    ann = {"username": "ann", "alias": "99", "security_group_id": group["id"]}
    subscriber = drive.crud(admin, f"{path}/subscribers", ann, {"name": "Ann"})
    drive.ask(admin, "POST", f"{path}/subscribers/{subscriber['id']}/passwords", {"sip": ""})
    login = {"address": f"ann@{tenant['domain']}", "password": subscriber["passwords"]["softphone"]}
    session = drive.ask(provider.api, "POST", "/auth/subscriber-login", login)
    drive.ask(provider.api.as_token(session["access_token"]), "GET", "/me/phone")
    explained = {"subscriber_id": subscriber["id"], "dialled": UK_MOBILE}
    drive.ask(admin, "POST", f"{path}/explain-call", explained)
    _drive_jobs(drive, admin, path)


def _drive_jobs(drive: Drive, admin: ApiClient, path: str) -> None:
    content = b"username\nimported\n"
    upload = drive.ask(admin, "POST", f"{path}/uploads", {"bytes": len(content), "purpose": "subscriber_import"})
    fetch(upload["url"], method="PUT", body=content, headers=upload["headers"])
    body = {"upload_id": upload["upload_id"], "dry_run": False}
    job = drive.ask(admin, "POST", f"{path}/subscriber-imports", body)
    drive.ask(admin, "GET", f"{path}/subscriber-imports/template")
    drive.ask(admin, "POST", f"{path}/subscriber-exports")
    drive.ask(admin, "GET", f"{path}/jobs/{job['id']}")
    drive.ask(admin, "GET", f"{path}/jobs")


def drive_numbers(drive: Drive, provider: Provider) -> None:
    admin, path = provider.admin, f"/tenants/{provider.tenant_id}/dids"
    first, second, *_ = DIDS
    drive.ask(admin, "POST", "/dids", {"first": DIDS[0], "last": DIDS[-1]})
    drive.ask(admin, "GET", "/dids")
    drive.ask(admin, "GET", f"/tenants/{provider.tenant_id}/available-dids")
    drive.ask(admin, "POST", path, {"number": first, "subscriber_id": provider.subscriber["id"]})
    drive.ask(admin, "GET", path)
    drive.ask(admin, "PATCH", f"{path}/{first}", {"subscriber_id": ""})
    drive.ask(admin, "DELETE", f"{path}/{first}")
    drive.ask(admin, "PUT", f"/dids/{second}/tenant", {"tenant_id": provider.tenant_id})
    drive.ask(admin, "DELETE", f"/dids/{DIDS[-1]}")


def drive_calls(drive: Drive, provider: Provider) -> None:
    admin = provider.admin
    cdrs: list[Any] = [provider.outbound() for _ in range(10)]
    unrated = provider.outbound("+99912345678")
    drive.ask(provider.node, "POST", "/sbc/cdrs", {"cdrs": [*cdrs, unrated]})
    call_id, path = cdrs[0]["call_id"], f"/tenants/{provider.tenant_id}/calls"
    for listed in ("/calls", path):
        drive.ask(admin, "GET", f"{listed}?limit=10")
        drive.ask(admin, "GET", f"{listed}/{call_id}")
    drive.ask(admin, "GET", f"/calls/{call_id}/charges")
    drive.ask(admin, "POST", f"/calls/{unrated['call_id']}/rate-again")
    drive.ask(admin, "GET", "/charges?state=unrated")
    asked = {"customer_id": provider.customer_id, "number": UK_MOBILE, "seconds": 60}
    drive.ask(admin, "POST", "/price-checks", asked)
    drive.ask(admin, "GET", "/usage")
    drive.ask(admin, "GET", f"/tenants/{provider.tenant_id}/usage")


def drive_live(drive: Drive, provider: Provider) -> None:
    """A tenant that is looked at, a report of its node, and a call hung up."""
    admin, path = provider.admin, f"/tenants/{provider.tenant_id}"
    nobody = {"subscriber_id": "", "name": "", "number": US}
    call_id = an_id("call")
    call = {
        "call_id": call_id, "direction": "outbound", "state": "answered", "caller": nobody, "called": nobody,
        "setup_at": 1, "answered_at": 2,
    }  # fmt: skip
    report: Json = {
        "tenant_id": provider.tenant_id, "registrations": [], "calls": [call], "registrations_total": 0,
        "calls_total": 1, "more_registered": [], "more_busy": [], "complete": True,
    }  # fmt: skip
    drive.ask(admin, "GET", f"{path}/live")
    drive.ask(provider.node, "POST", "/sbc/live", report)
    drive.ask(admin, "GET", f"{path}/live")
    drive.ask(admin, "GET", f"{path}/contacts")
    drive.ask(admin, "POST", f"{path}/live/calls/{call_id}/hang-up")


def drive_node(drive: Drive, provider: Provider) -> None:
    from chalicelib.domain.media_types import PART_TYPE

    nodes = f"/platform/sbcs/{provider.sbc_id}/nodes"
    made = as_platform_admin(provider.api).post(nodes, {"name": "n1"}).expect(201)
    node = provider.api.as_token(made["node_key"])
    drive.ask(node, "GET", "/sbc/versions")
    changes = drive.ask(node, "GET", "/sbc/changes")
    drive.ask(node, "POST", "/sbc/acks", {"node": "n1", "cursor": changes["cursor"]})
    newest = drive.ask(node, "GET", "/sbc/seal-keys")["keys"][0]
    drive.ask(node, "POST", "/sbc/seal-keys", {"id": newest["id"]})
    for key in (f"tenant/{provider.tenant_id}/core", f"tenant/{provider.tenant_id}/subscribers/0"):
        drive.ask(node, "GET", f"/sbc/parts?key={key}", headers={"accept": PART_TYPE})
