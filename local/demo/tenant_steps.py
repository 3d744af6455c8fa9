"""Steps 5 to 10: dialplan, numbers, domain, tenant, its console, its subscribers."""

from __future__ import annotations

import time

from local.demo.state import EXTERNAL, NUMBERS, Demo, Person
from local.demo.waiting import check

# Central California's 555 numbers: what the test gateway gives out, and nobody else's
BLOCKS, FIRST_BLOCK = 1000 - 20, 20
PREFIX = "+1209555"


def make_dialplan(demo: Demo) -> str:
    dialplan = demo.isp.post("/dialplans", {"name": "USA", "preset": "us"})
    demo.dialplan_id = dialplan["id"]
    demo.isp.change(f"/service-plans/{demo.plan_id}", dialplan_id=demo.dialplan_id)
    tried = demo.isp.post(f"/dialplans/{demo.dialplan_id}/test", {"dialled": EXTERNAL})
    number = tried["result"]["number"]
    check(number == f"+1{EXTERNAL}", f"the rule tester says {tried}")
    return f"preset us, {len(dialplan['rules'])} rules; {EXTERNAL} becomes {number} by rule {tried['rule_name']}"


def add_numbers(demo: Demo) -> str:
    """A range of this run's own: the clock says where to look first, taken ones are passed over."""
    start = int(time.time() / 2)
    for offset in range(BLOCKS):
        block = f"{PREFIX}{FIRST_BLOCK + (start + offset) % BLOCKS:03d}"
        made = demo.isp.post("/dids", {"first": f"{block}0", "last": f"{block}{NUMBERS - 1}"})
        demo.numbers = sorted(made["created"])
        if not made["taken"]:
            break
    check(len(demo.numbers) == NUMBERS, f"of {NUMBERS} numbers {len(demo.numbers)} are ours")
    free = list(demo.isp.pages("/dids", state="free"))
    check(len(free) == NUMBERS, f"the inventory shows {len(free)} free numbers")
    return f"{demo.numbers[0]} to {demo.numbers[-1][-4:]}, {len(free)} free"


def verify_domain(demo: Demo) -> str:
    name = f"pbx.{demo.run}.example"
    domain = demo.isp.post("/domains", {"domain": name})
    early = demo.isp.request("POST", f"/domains/{domain['id']}/verify")
    check(early.json.get("code") == "txt_record_not_found", f"without its TXT record: {early.status} {early.json}")
    demo.publish_txt(domain["txt_record"]["name"], domain["txt_record"]["value"])
    verified = demo.isp.post(f"/domains/{domain['id']}/verify")
    check(verified["verified_at"], f"with its TXT record: {verified}")
    return f"customer1.{demo.namespace} needs none; {name} refused ({early.status}) until its TXT record was there"


def make_tenant(demo: Demo) -> str:
    sbc = demo.isp.get("/sbcs")["items"][0]
    demo.sbc_id, demo.sbc_address = sbc["id"], sbc["address"]
    body = {"name": "Customer One", "domain": "customer1", "customer_id": demo.customer_id, "sbc_id": demo.sbc_id}
    tenant = demo.isp.post("/tenants", body | {"main_number": demo.numbers[0]})
    demo.tenant_id, demo.domain = tenant["id"], tenant["domain"]
    inherited = (tenant["carrier_id"], tenant["dialplan_id"])
    check(inherited == (demo.carrier_id, demo.dialplan_id), "the tenant has not the plan's carrier and dialplan")
    begun = time.monotonic()
    demo.wait_in_force()
    took_ms = round((time.monotonic() - begun) * 1000)
    return f"{demo.domain} on {sbc['name']} ({demo.sbc_address}), in force after {took_ms} ms"


def view_tenant(demo: Demo) -> str:
    viewing = demo.isp.post(f"{demo.at_tenant}/view")
    demo.tenant = demo.public.with_token(viewing["access_token"])
    tenant, me = demo.tenant.get(demo.at_tenant), demo.tenant.get("/me")
    check(me["role"] == "tenant_admin" and me["acting_for"], f"the view is {me}")
    refused = demo.tenant.request("GET", "/carriers")
    check(refused.status == 403, f"the view reads carriers: {refused.status}")
    return f"{tenant['domain']} read as {me['role']} for {me['name']}; carriers refused ({refused.status})"


def make_subscribers(demo: Demo) -> str:
    for username, alias in (("alice", "1000"), ("bob", "1001")):
        body = {"username": username, "alias": alias, "name": username.capitalize(), "area_code": "209"}
        made = demo.tenant.post(f"{demo.at_tenant}/subscribers", body)
        passwords = made["passwords"]
        demo.people[username] = Person(made["id"], username, passwords["sip"], passwords["softphone"])
        again = demo.tenant.get(f"{demo.at_tenant}/subscribers/{made['id']}")
        check("passwords" not in again and "password" not in str(again), "passwords are shown again")
    lengths = {len(text) for one in demo.people.values() for text in (one.sip_password, one.softphone_password)}
    demo.wait_in_force()
    return f"alice (1000), bob (1001); two passwords each of {min(lengths)}+ characters, shown once"
