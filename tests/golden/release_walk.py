"""Makes a few of everything with the code of one release, and notes what that release says of it.

Run by ``make_release_items`` with the release's own checkout as the working directory and first on the path: everything
imported here is that release's, so only what all of them have may be used, and what one hasn't is asked for by its
route. Writes ``manifest.json``, ``answers.jsonl``, ``location.sql`` and ``hook/`` to the directory of its argument.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Beside this file, wherever that is: tests.golden is the release's.
from release_disks import leave_a_node, leave_registrations
from release_questions import ask

import app as application
from chalicelib.auth import Identity, issue_access_token, read_access_token
from chalicelib.handlers.openapi import document
from chalicelib.settings import settings
from chalicelib.storage.outbox import OutboxItem
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.bootstrap_platform import bootstrap_platform
from tests.api_client import ApiClient
from tests.calls_world import RATES, SERVICES, Provider, a_leg, a_rate, now_ms
from tests.onboarding import mails_to, token_in

Json = dict[str, Any]

# All of this is made up, for these fixtures alone.
ADMIN, ADMIN_PASSWORD = "ann@acme.example", "made-up horse battery"
PLATFORM_ADMIN, PLATFORM_PASSWORD = "root@platform.example", "made-up platform battery"
SIP_PASSWORD, SOFTPHONE_PASSWORD = "made-up-sip-pass", "made-up-phone-pass"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def has(method: str, path: str) -> bool:
    """Whether this release has such a route."""
    return method.lower() in document()["paths"].get(f"/v1{path}", {})


@dataclass
class Walk:
    api: ApiClient = field(default_factory=ApiClient)
    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # node keys, refresh tokens
    calls: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    admin: ApiClient = field(default_factory=ApiClient)
    platform: ApiClient = field(default_factory=ApiClient)
    node: ApiClient = field(default_factory=ApiClient)
    carrier: Json = field(default_factory=dict)

    def make(self, name: str, path: str, body: Json, *, by: ApiClient | None = None) -> Json:
        answer = (by or self.admin).post(path, body)
        assert answer.status in {201, 202}, f"{path}: {answer.status} {answer.text!r}"
        made: Json = answer.json
        if name:
            self.ids[name] = str(made["id"])
        return made

    @property
    def tenant(self) -> str:
        return f"/tenants/{self.ids['tenant_id']}"

    def begin_platform(self) -> None:
        made = bootstrap_platform(admin_email=PLATFORM_ADMIN, admin_password=PLATFORM_PASSWORD)
        self.ids |= {"platform_plan_id": made.platform_plan_id, "platform_admin_id": made.admin_user_id}
        login = {"namespace": "platform", "email": PLATFORM_ADMIN, "password": PLATFORM_PASSWORD}
        self.platform = self.api.as_token(self.api.post("/auth/login", login).expect(200)["access_token"])
        sbc = {"name": "east", "address": "sbc.example:60110", "allow_private_gateways": True}
        sbc |= {"websocket_url": "wss://sbc.example:8443"}
        self.make("sbc_id", "/platform/sbcs", sbc, by=self.platform)
        self.make("other_sbc_id", "/platform/sbcs", sbc | {"name": "west"}, by=self.platform)
        nodes = f"/platform/sbcs/{self.ids['sbc_id']}/nodes"
        self.keys["node"] = self.platform.post(nodes, {"name": "n1"}).expect(201)["node_key"]
        self.node = self.api.as_token(self.keys["node"])

    def sign_up(self) -> None:
        newcomer = self._confirmed(ADMIN)
        newcomer.put("/onboarding/user", {"full_name": "Ann Admin", "password": ADMIN_PASSWORD}).expect(200)
        isp = {"namespace": "acmetel", "currency": "USD", "company": "Acme Telecom", "country": "US"}
        newcomer.put("/onboarding/isp", isp | {"time_zone": "America/Chicago"}).expect(200)
        logo = {"media_type": "image/png", "data": base64.b64encode(PNG).decode()}
        newcomer.put("/onboarding/theme", {"primary_color": "#0a5c36", "logo": logo}).expect(200)
        plan = {"platform_plan_id": self.ids["platform_plan_id"]}
        tokens = newcomer.put("/onboarding/plan", plan).expect(200)
        self.admin = self.api.as_token(tokens["access_token"])
        self.keys["admin_refresh"] = tokens["refresh_token"]
        ann = read_access_token(tokens["access_token"])
        self.ids |= {"isp_id": ann.isp_id, "user_id": ann.user_id, "namespace": "acmetel"}
        self._confirmed("halfway@newcomer.example").put(  # an onboarding that isn't finished
            "/onboarding/user", {"full_name": "Half Way", "password": ADMIN_PASSWORD}
        ).expect(200)
        self.api.post("/signup", {"email": "unconfirmed@newcomer.example"}).expect(202)
        self.keys["signup_link"] = token_in(mails_to("unconfirmed@newcomer.example")[0])
        self.api.post("/auth/login", isp_login(password="wrong")).expect(401)

    def _confirmed(self, email: str) -> ApiClient:
        self.api.post("/signup", {"email": email}).expect(202)
        confirmed = self.api.post("/signup/confirm", {"token": token_in(mails_to(email)[0])}).expect(200)
        return self.api.as_token(confirmed["access_token"])

    def set_up_isp(self) -> None:
        gateway = {"name": "primary", "host": "127.0.0.2", "port": 5080, "outbound_prefix": "9", "add_pai": True}
        gateways = [gateway, gateway | {"name": "backup", "port": 5081}]
        self.carrier = self.make("carrier_id", "/carriers", {"name": "Carrier One", "gateways": gateways})
        self.ids["gateway_id"] = self.carrier["gateways"][0]["gateway_id"]
        self.make("dialplan_id", "/dialplans", {"name": "US", "preset": "us"})
        self.make("rate_deck_id", "/rate-decks", {"name": "Rates", "currency": "USD"})
        for rates in (RATES, (*RATES, a_rate("+49", 90_000))):
            deck = f"/rate-decks/{self.ids['rate_deck_id']}"
            version = self.admin.get(deck).expect(200)["version"]
            headers = {"if-match": f'"{version}"'}
            self.admin.put(f"{deck}/rates", {"rates": list(rates)}, headers=headers).expect(200)
        services = {"name": "Services", "currency": "USD", "entries": list(SERVICES)}
        self.make("service_deck_id", "/service-decks", services)
        plan = {"name": "Standard", "currency": "USD", "carrier_id": self.ids["carrier_id"], "invoice_day": 5}
        plan |= {name: self.ids[name] for name in ("dialplan_id", "rate_deck_id", "service_deck_id")}
        self.make("service_plan_id", "/service-plans", plan | {"subscriber_month_micros": 5_000_000})
        self.make("customer_id", "/customers", {"name": "Bakery", "service_plan_id": self.ids["service_plan_id"]})
        self.make("", "/customers", {"name": "Florist", "service_plan_id": self.ids["service_plan_id"]})
        gone = self.make("", "/customers", {"name": "Gone", "service_plan_id": self.ids["service_plan_id"]})
        self._delete(f"/customers/{gone['id']}", 1)
        domain = self.make("domain_id", "/domains", {"domain": "bakery.example"})
        record = domain["txt_record"]
        Path(settings().dns_file).write_text(json.dumps({record["name"]: [record["value"]]}))
        self.admin.post(f"/domains/{domain['id']}/verify").expect(200)
        self.admin.post("/dids", {"first": "+12095550100", "last": "+12095550104"}).expect(201)

    def set_up_tenant(self) -> None:
        fields = {"name": "Bakery", "domain": "bakery", "customer_id": self.ids["customer_id"]}
        fields |= {"sbc_id": self.ids["other_sbc_id"], "main_number": "+12095550100", "max_calls": 10}
        tenant = self.make("tenant_id", "/tenants", fields)
        moved = {"sbc_id": self.ids["sbc_id"]}  # from the other SBC
        self.admin.patch(f"/tenants/{tenant['id']}", moved, version=tenant["version"]).expect(200)
        self.make("security_group_id", f"{self.tenant}/security-groups", {"name": "USA", "countries": ["US"]})
        rule = {"weekdays": [1, 2, 3, 4, 5], "start_minute": 540, "end_minute": 1020}
        hours = {
            "name": "Office",
            "time_zone": "America/Chicago",
            "rules": [rule, {"dates": ["2030-12-25"], "closed": True}],
        }
        self.make("date_range_id", f"{self.tenant}/date-ranges", hours)
        for username, more in PEOPLE.items():
            group = {"security_group_id": self.ids["security_group_id"], "date_range_id": self.ids["date_range_id"]}
            body = {"username": username, "sip_password": SIP_PASSWORD, "softphone_password": SOFTPHONE_PASSWORD}
            self.people[username] = self.make("", f"{self.tenant}/subscribers", body | group | more)["id"]
        self.ids["subscriber_id"] = self.people["alice"]
        self._delete(f"{self.tenant}/subscribers/{self.people.pop('gone')}", 1)
        self._change(f"{self.tenant}/subscribers/{self.people['erin']}", {"suspended": True, "name": "Erin Was"})
        self.ids["number"] = "+12095550100"
        for number, username in (("+12095550100", "alice"), ("+12095550101", "bob")):
            allocation = {"number": number, "subscriber_id": self.people[username]}
            self.admin.post(f"{self.tenant}/dids", allocation).expect(201)

    def _delete(self, path: str, version: int) -> None:
        self.admin.delete(path, headers={"if-match": f'"{version}"'}).expect(204)

    def _change(self, path: str, body: Json) -> None:
        self.admin.patch(path, body, version=self.admin.get(path).expect(200)["version"]).expect(200)

    def add_users(self) -> None:
        clerk = {"email": "clerk@acme.example", "full_name": "Clerk", "role": "isp_admin"}
        self.make("", "/users", clerk)  # invited, has no password yet
        boss = {"email": "boss@bakery.example", "full_name": "Boss", "role": "tenant_admin"}
        made = self.make("tenant_admin_id", "/users", boss | {"tenant_ids": [self.ids["tenant_id"]]})
        token = token_in(mails_to("boss@bakery.example")[0])
        body = {"token": token, "password": ADMIN_PASSWORD}
        self.api.post("/auth/password-reset/confirm", body).expect(204)
        login = isp_login(email="boss@bakery.example")
        self.keys["boss_refresh"] = self.api.post("/auth/login", login).expect(200)["refresh_token"]
        domain = self.admin.get(self.tenant).expect(200)["domain"]
        self.ids["domain"] = domain
        subscriber = {"address": f"alice@{domain}", "password": SOFTPHONE_PASSWORD}
        tokens = self.api.post("/auth/subscriber-login", subscriber).expect(200)
        self.keys["alice_refresh"] = tokens["refresh_token"]
        self.ids["session_id"] = read_access_token(tokens["access_token"]).session_id
        headers = {"idempotency-key": "made-up-key"}
        self.admin.post("/carriers", {"name": "Kept answer", "gateways": []}, headers=headers).expect(201)
        assert made["invited"]

    def call(self) -> None:
        """Calls of every kind that is stored in its own way."""
        provider = Provider(
            self.api, self.ids["isp_id"], self.admin, self.ids["sbc_id"], self.node, self.ids["service_plan_id"],
            self.ids["customer_id"], self.ids["tenant_id"], self.carrier, {"id": self.people["alice"]},
        )  # fmt: skip
        at = now_ms() - 300_000
        rung = self.people["bob"]
        legs = {"setup_at": at + 20, "answered_at": at + 2000, "ended_at": at + 62_000}
        did = {"did": "+12095550101", "called_number": "+12095550101", "calling_number": "+447400123456"}
        refusal = {"code": "destination_not_allowed", "sip_status": 403, "reason": "Forbidden"}
        cdrs = {
            "outbound": provider.outbound(setup_at=at),
            "failed_over": provider.cdr(
                provider.pstn_leg(setup_at=at + 10, seconds=1) | {"answered_at": None, "sip_status": 503},
                provider.pstn_leg(setup_at=at + 10, seconds=90, gateway=1) | {"leg": "b2"},
                setup_at=at + 10,
            ),
            "inbound": provider.cdr(
                a_leg("did", subscriber_id=rung, charged_subscriber_id=rung, called_number="+12095550101", **legs),
                a_leg("sip", subscriber_id=rung, **legs),
                direction="inbound", setup_at=at + 20, **did,
            ),
            "internal": provider.cdr(
                a_leg("sip", subscriber_id=rung, **(legs | {"setup_at": at + 30})),
                direction="internal", dialled="1002", called_number="", setup_at=at + 30,
            ),
            "unrated": provider.outbound("", setup_at=at + 40),
            "refused": provider.cdr(setup_at=at + 50, answered_at=None, pdd_ms=None, sip_status=403, refusal=refusal),
            "not_answered": provider.cdr(
                a_leg("sip", subscriber_id=rung, **(legs | {"answered_at": None, "sip_status": 486})),
                setup_at=at + 60, answered_at=None, sip_status=486, direction="internal", dialled="1002",
            ),
        }  # fmt: skip
        self.calls = {name: cdr["call_id"] for name, cdr in cdrs.items()}
        self.ids["call_id"] = self.calls["outbound"]
        results = provider.send(*cdrs.values())
        assert {result["status"] for result in results} == {"stored"}, results
        self._rate_again()
        adjustment = {"amount_micros": 25_000_000, "reason": "Goodwill"}
        self.admin.post(f"/customers/{self.ids['customer_id']}/adjustments", adjustment).expect(201)

    def _rate_again(self) -> None:
        """By another plan, whose decks are in force for the call too."""
        deck = self.make("", "/rate-decks", {"name": "Dearer", "currency": "USD"})
        headers = {"if-match": '"1"'}
        self.admin.put(f"/rate-decks/{deck['id']}/rates", {"rates": [a_rate("+1", 45_000)]}, headers=headers).expect(
            200
        )
        plan = self.make("", "/service-plans", {"name": "Dearer", "currency": "USD", "rate_deck_id": deck["id"]})
        customer = f"/customers/{self.ids['customer_id']}"
        self._change(customer, {"service_plan_id": plan["id"]})
        self.admin.post(f"/calls/{self.calls['failed_over']}/rate-again").expect(200)
        self._change(customer, {"service_plan_id": self.ids["service_plan_id"]})

    def use_later_features(self) -> None:
        """What not every release has."""
        tenant = "/tenants/{tenant_id}"
        if has("POST", f"{tenant}/uploads"):
            upload = {"bytes": 10, "purpose": "subscriber_import"}
            self.ids["upload_id"] = self.admin.post(f"{self.tenant}/uploads", upload).expect(201)["upload_id"]
            self._work_on_exports()
            self.make("job_id", f"{self.tenant}/subscriber-exports", {})  # nobody works on it
        if has("GET", f"{tenant}/live"):
            self.admin.get(f"{self.tenant}/live").expect(200)
            report = {
                "tenant_id": self.ids["tenant_id"], "calls": [], "registrations_total": 1, "calls_total": 0,
                "more_registered": [], "more_busy": [], "complete": True, "registrations": [{
                    "subscriber_id": self.people["alice"], "username": "alice", "name": "Alice", "transport": "udp",
                    "address": "192.0.2.7:5060", "user_agent": "Phone/1", "expires_at": now_ms() + 3_600_000,
                }],
            }  # fmt: skip
            self.node.post("/sbc/live", report).expect(204)

        enrolments = "/platform/sbcs/{sbc_id}/enrolments"
        if has("POST", enrolments):
            body = {"name": "n2", "replace": False}
            made = self.make("enrolment_id", enrolments.format(**self.ids), body, by=self.platform)
            self.keys["enrolment"] = made["key"]
        if find_spec("chalicelib.workflows.check_ledgers"):
            import_module("chalicelib.workflows.check_ledgers").check_ledgers()

    def _work_on_exports(self) -> None:
        job = self.make("", f"{self.tenant}/subscriber-exports", {})
        if find_spec("chalicelib.workflows.work_on_jobs"):  # up to 0.2.0
            import_module("chalicelib.workflows.work_on_jobs").work_on_jobs()
        else:
            work = import_module("chalicelib.workflows.work_on_job").work_on_job
            work(self.ids["tenant_id"], job["id"], ended=lambda: False)

    def acknowledge(self) -> None:
        changes = self.node.get("/sbc/changes").expect(200)
        self.node.post("/sbc/acks", {"node": "n1", "cursor": changes["cursor"]}).expect(204)
        left = OutboxItem(pk="OUTBOX", sk=Transaction().new_id("out"), customer_id=self.ids["customer_id"])
        tx = Transaction()
        tx.put_new(left)  # as a crash between a change and its expansion leaves it
        tx.commit()

    def tokens(self) -> dict[str, str]:
        """By role."""
        isp = {"isp_id": self.ids["isp_id"]}
        tenant = isp | {"tenant_ids": (self.ids["tenant_id"],)}
        identities = {
            "platform_admin": Identity("platform_admin", self.ids["platform_admin_id"], name="Root"),
            "isp_admin": Identity("isp_admin", self.ids["user_id"], name="Ann Admin", **isp),
            "tenant_admin": Identity("tenant_admin", self.ids["tenant_admin_id"], name="Boss", **tenant),
            "subscriber": Identity(
                "subscriber", self.ids["subscriber_id"], name="Alice", session_id=self.ids["session_id"], **tenant
            ),
        }
        return {role: issue_access_token(one) for role, one in identities.items()} | {"node": self.keys["node"]}


PEOPLE: dict[str, Json] = {
    "alice": {"name": "Alice Álvarez", "alias": "1001", "area_code": "209", "email": "alice@bakery.example"},
    "bob": {"name": "", "alias": "1002", "area_code": "209", "forward_no_answer": "1001", "max_calls": 1},
    "carol": {"name": "Carol", "forward_always": "+12095550199", "caller_id": "+12095550100"},
    "erin": {"name": "Erin", "alias": "1005"},
    "gone": {"name": "Gone", "alias": "1009"},
}


def isp_login(**fields: str) -> Json:
    return {"namespace": "acmetel", "email": ADMIN, "password": ADMIN_PASSWORD} | fields


def main() -> None:
    directory = Path(sys.argv[1])
    assert application.app
    walk = Walk()
    walk.begin_platform()
    walk.sign_up()
    walk.set_up_isp()
    walk.set_up_tenant()
    walk.add_users()
    walk.call()
    walk.use_later_features()
    walk.acknowledge()
    answers = ask(walk)
    passwords = {"admin_password": ADMIN_PASSWORD, "sip_password": SIP_PASSWORD}
    passwords |= {"admin_email": ADMIN, "softphone_password": SOFTPHONE_PASSWORD}
    manifest = {
        "made_at": now_ms(),
        "ids": walk.ids,
        "people": walk.people,
        "calls": walk.calls,
        "made_up_secrets": walk.keys | passwords,
        "hook": leave_a_node(directory),
        "sip_port": leave_registrations(directory),
    }
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    lines = (json.dumps(answer, ensure_ascii=False, separators=(",", ":")) for answer in answers)
    (directory / "answers.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
