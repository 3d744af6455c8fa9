"""The deployed system from signup to a rated call, through its API Gateway: what must work the minute it is up."""

from __future__ import annotations

import json
import re
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from infra.checks.client import Client, Json
from infra.checks.cloud import Cloud
from infra.checks.deploy import Deployed
from infra.config import StageConfig

PART_TYPE = "application/vnd.patchbay.part+json"
WAIT_S = 180  # for what goes by streams and queues, on a busy machine
RATE_MICROS = 60_000  # a minute, so that a minute costs six cents
CALLED = "+12095550123"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(slots=True)
class Walk:
    """What the steps leave for one another."""

    cloud: Cloud
    config: StageConfig
    deployed: Deployed
    run_product: Callable[..., str]  # a program of the product's virtualenv, as an operator runs it; its output
    public: Client
    admin_email: str  # of the platform's admin
    admin_password: str
    run: str = field(default_factory=lambda: f"isp{secrets.token_hex(4)}")
    platform: Client = field(init=False)
    isp: Client = field(init=False)
    node: Client = field(init=False)
    ids: dict[str, str] = field(default_factory=dict)


def check_health(walk: Walk) -> str:
    answer = walk.public.get("/v1/health").expect(200)
    unknown = walk.public.get("/v1/no-such-thing")
    _check(unknown.status in {403, 404}, f"an unknown path answers {unknown.status}")
    return f"{answer.json['status']}; an unknown path answers {unknown.status}"


def make_sbc(walk: Walk) -> str:
    login = {"namespace": "platform", "email": walk.admin_email, "password": walk.admin_password}
    walk.platform = walk.public.as_token(walk.public.post("/v1/auth/login", login)["access_token"])
    sbc = walk.platform.post("/v1/platform/sbcs", {"name": "sbc1", "address": "sbc1.pbx.example.net:60110"})
    enrolled = walk.platform.post(f"/v1/platform/sbcs/{sbc['id']}/nodes", {"name": "n1"})
    walk.ids |= {"sbc": sbc["id"], "queue": enrolled["queue_url"]}
    walk.node = walk.public.as_token(enrolled["node_key"])
    return f"{sbc['name']} with node n1"


def sign_up(walk: Walk) -> str:
    email = f"{walk.run}@example.com"
    walk.public.post("/v1/signup", {"email": email})
    token = _wait(lambda: _token_mailed(walk.cloud, email), f"a mail to {email} in SES")
    confirmed = walk.public.post("/v1/signup/confirm", {"token": token})
    newcomer = walk.public.as_token(confirmed["access_token"])
    password = secrets.token_urlsafe(16)
    newcomer.put("/v1/onboarding/user", {"full_name": "Ann Admin", "password": password})
    isp = {"namespace": walk.run, "currency": "USD", "company": "Acme", "country": "US", "time_zone": "UTC"}
    newcomer.put("/v1/onboarding/isp", isp)
    newcomer.put("/v1/onboarding/theme", {})
    plan = walk.public.get("/v1/platform-plans").expect(200).json["items"][0]
    newcomer.put("/v1/onboarding/plan", {"platform_plan_id": plan["id"]})
    tokens = walk.public.post("/v1/auth/login", {"namespace": walk.run, "email": email, "password": password})
    walk.isp = walk.public.as_token(tokens["access_token"])
    me = walk.isp.get("/v1/me").expect(200).json
    walk.ids["isp"] = me["isp"]["id"]
    _check(me["role"] == "isp_admin", f"logged in as {me}")
    return f"link mailed, onboarded as {walk.run}, logged in"


def make_tenant(walk: Walk) -> str:
    gateways = [{"name": "primary", "host": "1.2.3.4", "port": 5060}]
    carrier = walk.isp.post("/v1/carriers", {"name": "Carrier", "gateways": gateways})
    dialplan = walk.isp.post("/v1/dialplans", {"name": "US", "preset": "us"})
    deck = walk.isp.post("/v1/rate-decks", {"name": "Rates", "currency": "USD"})
    rate = {"prefix": "+1209", "rate_micros": RATE_MICROS}
    walk.isp.put(f"/v1/rate-decks/{deck['id']}/rates", {"rates": [rate]}, If_Match=f'"{deck["version"]}"')
    plan = {"name": "Default", "currency": "USD", "carrier_id": carrier["id"], "dialplan_id": dialplan["id"]}
    plan_id = walk.isp.post("/v1/service-plans", plan | {"rate_deck_id": deck["id"]})["id"]
    customer = walk.isp.post("/v1/customers", {"name": "Customer", "service_plan_id": plan_id})
    tenant = walk.isp.post(
        "/v1/tenants",
        {"name": "Tenant", "domain": "customer1", "customer_id": customer["id"], "sbc_id": walk.ids["sbc"]},
    )
    at_tenant = f"/v1/tenants/{tenant['id']}"
    made = walk.isp.post(f"{at_tenant}/subscribers", {"username": "alice", "alias": "1000", "name": "Alice"})
    walk.ids |= {"customer": customer["id"], "tenant": tenant["id"], "subscriber": made["id"]}
    walk.ids |= {"carrier": carrier["id"], "gateway": carrier["gateways"][0]["gateway_id"]}
    return f"{tenant['domain']} with alice (1000)"


def fetch_parts(walk: Walk) -> str:
    """Bytes through API Gateway: gzip, with the media type that makes it pass them untouched."""
    versions = walk.node.get("/v1/sbc/versions").expect(200).json["versions"]
    core = f"tenant/{walk.ids['tenant']}/core"
    _check(core in versions, f"the node isn't told of {core}: {sorted(versions)}")
    for key in versions:
        answer = walk.node.get(f"/v1/sbc/parts?key={key}", Accept=PART_TYPE).expect(200)
        _check(answer.headers.get("content-encoding") == "gzip", f"{key} came as {answer.headers}")
        _check(answer.json["key"] == key, f"{key} is {answer.json}")
    again = walk.node.get(f"/v1/sbc/parts?key={core}", Accept=PART_TYPE, If_None_Match=f'"{versions[core]}"')
    again.expect(304)
    return f"{len(versions)} parts as gzip; an unchanged one is a 304"


def rate_call(walk: Walk) -> str:
    cdr = _cdr(walk.ids)
    [first] = walk.node.post("/v1/sbc/cdrs", {"cdrs": [cdr]})["results"]
    [again] = walk.node.post("/v1/sbc/cdrs", {"cdrs": [cdr]})["results"]
    _check((first["status"], again["status"]) == ("stored", "duplicate"), f"the record is {first}, then {again}")
    charges = walk.isp.get(f"/v1/calls/{cdr['call_id']}/charges").expect(200).json["charges"]
    _check([one["amount_micros"] for one in charges] == [RATE_MICROS], f"charges are {charges}")
    balance = walk.isp.get(f"/v1/customers/{walk.ids['customer']}/balance").expect(200).json
    _check(balance["balance_micros"] == -RATE_MICROS, f"the balance is {balance}")
    return f"stored once, a duplicate the second time; balance {balance['balance']}"


def follow_changes(walk: Walk) -> str:
    """The table's stream, the function behind it, and the node's queue."""
    sqs, url = walk.cloud.client("sqs"), walk.ids["queue"]
    _check(f"{walk.config.name}-node-{walk.ids['sbc']}-n1" in url, f"the node's queue is {url}")
    wanted = f"tenant/{walk.ids['tenant']}/core"
    told: list[str] = []

    def find() -> bool | None:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            told.append(str(json.loads(message["Body"])["key"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return True if wanted in told else None

    _wait(find, f"message of {wanted} in the node's queue, which has {told}")
    return f"{len(told)} changes in the node's own queue"


def import_subscribers(walk: Walk) -> str:
    """A file by a signed link, a job by the work queue, a result by a signed link."""
    at_tenant = f"/v1/tenants/{walk.ids['tenant']}"
    rows = b"username,alias,name\nbob,1001,Bob\ncarol,1002,Carol\n"
    upload = walk.isp.post(f"{at_tenant}/uploads", {"bytes": len(rows), "purpose": "subscriber_import"})
    _fetch(urllib.request.Request(upload["url"], rows, upload["headers"], method=upload["method"]))  # noqa: S310
    job = walk.isp.post(f"{at_tenant}/subscriber-imports", {"upload_id": upload["upload_id"], "dry_run": False})

    def find() -> Json | None:
        found = walk.isp.get(f"{at_tenant}/jobs/{job['id']}").expect(200).json
        return found if found["state"] in {"done", "failed"} else None

    done: Json = _wait(find, "end of the import")
    _check(done["state"] == "done", f"the import is {done}")
    result = _fetch(urllib.request.Request(done["result_url"])).decode()  # noqa: S310
    _check("bob" in result and "carol" in result, f"the import's result is {result}")
    names = {one["username"] for one in walk.isp.get(f"{at_tenant}/subscribers").expect(200).json["items"]}
    _check(names == {"alice", "bob", "carol"}, f"subscribers are {names}")
    return "uploaded, worked on from the queue, result fetched; three subscribers now"


def rotate_keys(walk: Walk) -> str:
    """By the operator's command, on the secrets that the functions made; what was signed and sealed before holds on."""
    stage, region = walk.config.stage, walk.config.region

    def rotate(*arguments: str) -> str:
        return walk.run_product("-m", "infra.rotate_key", stage, *arguments, "--region", region)

    rotate("token-key")
    rotate("master-key")
    counted = rotate("master-key", "--dry-run")
    _check("3 subscribers" in counted and "not in use yet" in counted, f"of the master key is told: {counted}")
    secret = walk.cloud.client("secretsmanager").get_secret_value(SecretId=f"patchbay/{stage}/master-key")
    _check(len(json.loads(secret["SecretBinary"])["keys"]) == 2, "the ring hasn't got two keys")
    at_tenant = f"/v1/tenants/{walk.ids['tenant']}"
    walk.isp.post(f"{at_tenant}/subscribers", {"username": "dave", "alias": "1003"})
    key = f"tenant/{walk.ids['tenant']}/subscribers/0"
    part = walk.node.get(f"/v1/sbc/parts?key={key}", Accept=PART_TYPE).expect(200).json
    _check(len(part["subscribers"]) == 4, f"the node is told of {part}")
    return "token key, master key; old tokens and sealed passwords hold on"


def open_consoles(walk: Walk) -> str:
    """As a browser gets them from CloudFront, published by the operator's command."""
    walk.run_product("-m", "infra.publish_consoles", walk.config.stage, "--region", walk.config.region)
    front = walk.cloud.client("cloudfront")
    found = front.get_distribution(Id=walk.deployed.outputs["ConsolesDistributionId"])["Distribution"]
    browser = replace(walk.public, host=found["DomainName"], headers={"X-Forwarded-Proto": "https"})
    plain = replace(browser, headers={}).get("/isp/").expect(301)
    _check(plain.headers["location"].startswith("https://"), f"without TLS it leads to {plain.headers}")
    _check(browser.get("/").expect(302).headers["location"] == "/isp/", "the top doesn't lead to the ISP console")
    page = browser.get("/isp/calls/anything").expect(200)
    policy = page.headers["content-security-policy"]
    phone = browser.get("/phone/").expect(200).headers["content-security-policy"]
    _check(walk.config.websocket_origins[0] in phone, f"the phone may connect to {phone}")
    _check(walk.config.websocket_origins[0] not in policy, f"other consoles may connect to {policy}")
    [script] = re.findall(rb'src="(/assets/[^"]+)"', page.body)[:1]
    asset = browser.get(script.decode()).expect(200)
    _check("immutable" in asset.headers["cache-control"], f"a file with a hash in its name is {asset.headers}")
    # 404 on AWS, where who may list a bucket is told that a file is missing; ministack doesn't look at that right
    _check(browser.get("/assets/none.js").status in {403, 404}, "a missing file is something")
    browser.get("/elsewhere").expect(404)
    _check(browser.get("/v1/health").expect(200).json == {"status": "ok"}, "the API isn't at the consoles' origin")
    _check_edge_key(walk, found["DistributionConfig"])
    return "pages for every path, headers by console, files for ever, 404 for the rest, the API at the same origin"


def _check_edge_key(walk: Walk, distribution: Json) -> None:
    """CloudFront shows the API the very secret that the API looks up."""
    secret = walk.cloud.client("secretsmanager").get_secret_value(SecretId=f"patchbay/{walk.config.stage}/edge-key")
    shown = {
        header["HeaderValue"]
        for origin in distribution["Origins"]["Items"]
        for header in origin.get("CustomHeaders", {}).get("Items", [])
    }
    _check(shown == {secret["SecretString"]}, "CloudFront shows another key than the API knows")


STEPS: tuple[Callable[[Walk], str], ...] = (
    check_health,
    make_sbc,
    sign_up,
    make_tenant,
    fetch_parts,
    follow_changes,
    rate_call,
    import_subscribers,
    rotate_keys,
    open_consoles,
)


def _token_mailed(cloud: Cloud, email: str) -> str | None:
    with urllib.request.urlopen(f"{cloud.url}/_ministack/ses/messages", timeout=10) as answer:  # noqa: S310
        found = json.loads(answer.read())["messages"]
    for mail in (one for account in found.values() for one in account) if isinstance(found, dict) else found:
        text = json.dumps(mail)
        link = re.search(r"[?#&]token=([\w-]+)", text)
        if email in text and link:
            return link[1]
    return None


def _fetch(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found: bytes = answer.read()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{request.method} {request.full_url}: {error.code} {error.read()[:2000]!r}") from error
    return found


def _cdr(ids: dict[str, str]) -> Json:
    """A minute to the gateway."""
    setup_at = time.time_ns() // 1_000_000 - 70_000
    answered_at, ended_at = setup_at + 2000, setup_at + 62_000
    leg = {
        "leg": "b1", "kind": "pstn", "subscriber_id": "", "charged_subscriber_id": ids["subscriber"],
        "carrier_id": ids["carrier"], "gateway_id": ids["gateway"], "called_number": CALLED, "setup_at": setup_at,
        "answered_at": answered_at, "ended_at": ended_at, "sip_status": 200,
    }  # fmt: skip
    caller = {"subscriber_id": ids["subscriber"], "name": "Alice", "number": "1000"}
    return {
        "call_id": _new_id("call", setup_at), "sbc_id": ids["sbc"], "node": "n1", "isp_id": ids["isp"],
        "tenant_id": ids["tenant"], "customer_id": ids["customer"], "direction": "outbound", "caller": caller,
        "dialled": CALLED, "calling_number": "", "called_number": CALLED, "did": "", "setup_at": setup_at,
        "answered_at": answered_at, "ended_at": ended_at, "pdd_ms": 300, "sip_status": 200, "q850_cause": 16,
        "hangup_by": "caller", "legs": [leg],
    }  # fmt: skip


def _new_id(prefix: str, at_ms: int) -> str:
    """As ``chalicelib/domain/ids.py`` makes them: 48 bits of time, 80 random ones, in Crockford's base 32."""
    value = at_ms << 80 | secrets.randbits(80)
    return f"{prefix}_" + "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def _wait(find: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if (found := find()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"there was no {what} within {WAIT_S} s")


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
