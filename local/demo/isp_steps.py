"""Steps 1 to 4: the ISP, its carrier, its plan and its first customer."""

from __future__ import annotations

import base64
import json
import re
import struct
import time
import urllib.request
import zlib

from local.demo.state import Demo
from local.demo.waiting import check, wait_for

COUNTRY = "+1209"
RATE_MICROS = 600_000  # a minute
DID_RATE_MICROS = 120_000
MINIMUM_S, INCREMENT_S = 6, 6
MAIL_S = 5.0


def login_of(run: str) -> dict[str, str]:
    """What the ISP's admin of a run logs in with."""
    return {"namespace": run, "email": f"{run}@example.com", "password": f"{run} keeps a secret"}


def sign_up(demo: Demo) -> str:
    login = login_of(demo.run)
    email, password = login["email"], login["password"]
    begun = time.monotonic()
    demo.public.post("/signup", {"email": email})
    token = wait_for(lambda: _token_mailed(demo, email), what=f"a mail to {email}", limit_s=MAIL_S)
    mailed_ms = round((time.monotonic() - begun) * 1000)
    confirmed = demo.public.post("/signup/confirm", {"token": token})
    newcomer = demo.public.with_token(confirmed["access_token"])
    newcomer.put("/onboarding/user", {"full_name": "Demo Admin", "password": password})
    isp = {"namespace": demo.run, "currency": "USD", "company": f"Demo {demo.run}", "country": "US"}
    newcomer.put("/onboarding/isp", isp | {"time_zone": "America/Los_Angeles"})
    logo = {"media_type": "image/png", "data": base64.b64encode(make_png()).decode()}
    newcomer.put("/onboarding/theme", {"primary_color": "#0b5fff", "logo": logo})
    plan = demo.public.get("/platform-plans")["items"][0]
    newcomer.put("/onboarding/plan", {"platform_plan_id": plan["id"]})
    demo.namespace = demo.run
    tokens = demo.public.post("/auth/login", login)
    demo.isp = demo.public.with_token(tokens["access_token"])
    me = demo.isp.get("/me")
    check(me["isp"]["namespace"] == demo.run and me["role"] == "isp_admin", f"logged in as {me}")
    logo_url = demo.public.get(f"/themes/{demo.run}")["logo_url"]
    shown = demo.public.request("GET", logo_url.removeprefix("/v1"))
    check(shown.content == make_png(), "the login page doesn't show the logo that was sent")
    return f"mail after {mailed_ms} ms, namespace {demo.run}, USD, logo {len(shown.content)} bytes, plan {plan['name']}"


def make_carrier(demo: Demo) -> str:
    """The secondary is an address where nobody answers: step 15 puts it first to show failover."""
    settings = demo.settings
    primary = {
        "name": "primary",
        "host": settings.gateway_host,
        "port": settings.gateway_sip_port,
        "display": "Demo",
        "outbound_strip": 1,
        "outbound_prefix": "00",
        "inbound_prefix": "+",
        "add_pai": True,
    }
    secondary = {"name": "secondary", "host": settings.gateway_host, "port": settings.gateway_sip_port + 1}
    carrier = demo.isp.post("/carriers", {"name": "Test carrier", "gateways": [primary, secondary]})
    demo.carrier_id = carrier["id"]
    stored = demo.isp.get(f"/carriers/{demo.carrier_id}")["gateways"]
    check([one["name"] for one in stored] == ["primary", "secondary"], f"gateways are {stored}")
    return f"primary {primary['host']}:{primary['port']} (strip 1, prefix 00; inbound prefix +), then secondary"


def make_plan(demo: Demo) -> str:
    """As the guide has it, without decks; then with decks, because the call of step 15 shall be charged."""
    plan = demo.isp.post("/service-plans", {"name": "Default", "currency": "USD", "carrier_id": demo.carrier_id})
    demo.plan_id = plan["id"]
    check(not plan["rate_deck_id"] and not plan["service_deck_id"], "the new plan has decks")
    deck = demo.isp.post("/rate-decks", {"name": "USA", "currency": "USD"})
    rate = {"prefix": COUNTRY, "rate_micros": RATE_MICROS, "minimum_s": MINIMUM_S, "increment_s": INCREMENT_S}
    demo.isp.put(f"/rate-decks/{deck['id']}/rates", {"rates": [rate]}, if_match=deck["version"])
    entries = [{"service": "SIP", "rate_micros": 0}, {"service": "DID", "rate_micros": DID_RATE_MICROS}]
    services = demo.isp.post("/service-decks", {"name": "Demo services", "currency": "USD", "entries": entries})
    changed = demo.isp.change(f"/service-plans/{demo.plan_id}", rate_deck_id=deck["id"], service_deck_id=services["id"])
    check(changed["rate_deck_id"] == deck["id"], f"the plan is {changed}")
    return (
        f"Default made without decks, then with a rate deck ({COUNTRY} 0.60 USD/min, {MINIMUM_S}/{INCREMENT_S} s) "
        "and a service deck (DID 0.12, SIP free), so that step 15 is charged"
    )


def make_customer(demo: Demo) -> str:
    body = {"name": "Customer One", "email": "billing@example.com", "service_plan_id": demo.plan_id}
    customer = demo.isp.post("/customers", body)
    demo.customer_id = customer["id"]
    balance = demo.isp.get(f"/customers/{demo.customer_id}/balance")
    check(balance["balance_micros"] == 0, f"a new customer's balance is {balance}")
    return f"Customer One on Default, {customer['currency']}, balance {balance['balance']}"


def make_png() -> bytes:
    """One blue pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x0b\x5f\xff")
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _token_mailed(demo: Demo, email: str) -> str | None:
    with urllib.request.urlopen(f"{demo.public.base}/dev/mail.json", timeout=5) as response:  # noqa: S310
        mails = json.loads(response.read())["mails"]
    for mail in mails:
        found = re.search(r"[?#&]token=([\w-]+)", mail["text"])
        if mail["to"] == email and found:
            return found[1]
    return None
