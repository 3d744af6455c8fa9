"""An ISP with a tenant, made by the public API of the running system, and what the API says of its calls."""

from __future__ import annotations

import contextlib
import json
import os
import re
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.demo.api import Api
from tests.local.processes import wait_for
from tests.local.systems import System
from tests.system.phone import Phone

Json = dict[str, Any]
RATE_MICROS = 600_000  # a minute to the United States
PASSWORD = "correct horse battery"


@dataclass
class Tenant:
    provider: Provider
    id: str
    domain: str
    group_id: str
    people: dict[str, Json] = field(default_factory=dict)
    phones: list[Phone] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/tenants/{self.id}"

    def subscriber(self, username: str, *, calls_out: bool = True, **fields: Any) -> Json:
        group = {"security_group_id": self.group_id} if calls_out else {}
        body = {"username": username, "name": username.capitalize(), "area_code": "209"} | group | fields
        self.people[username] = self.provider.api.post(f"{self.path}/subscribers", body)
        return self.people[username]

    def person(self, username: str) -> str:
        """The subscriber's path."""
        return f"{self.path}/subscribers/{self.people[username]['id']}"

    def change(self, username: str, **fields: Any) -> None:
        self.provider.api.change(self.person(username), **fields)

    def phone(self, username: str, *, register: bool = True, **options: Any) -> Phone:
        """Ends with the test's ``Provider.closing``; registered unless told not to."""
        password = self.people[username]["passwords"]["sip"]
        phone = Phone(self.provider.sip, user=username, domain=self.domain, password=password, **options)
        self.provider.phones.append(phone)
        if register:
            reply = phone.register()
            assert reply.status == 200, reply.start
        return phone

    def did(self, number: str, username: str = "") -> str:
        """Adds the number to the inventory and gives it to the tenant's subscriber."""
        made = self.provider.api.post("/dids", {"number": number})
        assert made["created"] == [number], made
        owner = self.people[username]["id"] if username else ""
        self.provider.api.post(f"{self.path}/dids", {"number": number, "subscriber_id": owner})
        return number


@dataclass
class Provider:
    system: System
    api: Api
    namespace: str
    sbc_id: str
    carrier_id: str
    plan_id: str
    customer_id: str
    phones: list[Phone] = field(default_factory=list)

    @property
    def sip(self) -> tuple[str, int]:
        return self.system.settings.sip_host, self.system.settings.sip_port

    def tenant(self, label: str = "main", **fields: Any) -> Tenant:
        body = {"name": label, "domain": label, "customer_id": self.customer_id, "sbc_id": self.sbc_id}
        made = self.api.post("/tenants", body | {"main_number": "+12095550001"} | fields)
        group = self.api.post(f"/tenants/{made['id']}/security-groups", {"name": "USA", "countries": ["US"]})
        return Tenant(self, made["id"], made["domain"], group["id"])

    def wait_in_force(self, *, limit_s: float = 5) -> None:
        """Until every node of the SBC has all changes made so far."""
        wait_for(self._is_in_force, limit_s=limit_s)

    def _is_in_force(self) -> bool:
        sbc = next(one for one in self.api.get("/sbcs")["items"] if one["id"] == self.sbc_id)
        return bool(sbc["in_force"]["nodes"] == sbc["in_force"]["acknowledged"] > 0)

    def calls(self, **query: str) -> list[Json]:
        return list(self.api.pages("/calls", limit="200", **query))

    def call(self, phone_call_id: str, *, limit_s: float = 15) -> Json:
        """The details of the one call with this SIP Call-ID, once its record has come."""
        found: list[Json] = []

        def find() -> bool:
            found[:] = self.calls_with(phone_call_id)
            return bool(found)

        wait_for(find, limit_s=limit_s)
        assert len(found) == 1, found
        return found[0]

    def calls_with(self, *phone_call_ids: str) -> list[Json]:
        """Details of all calls with these SIP Call-IDs so far."""
        details = [self.api.get(f"/calls/{call['call_id']}") for call in self.calls()]
        return [call for call in details if call["sip_call_id"] in phone_call_ids]

    def ledger(self) -> list[Json]:
        return list(self.api.pages(f"/customers/{self.customer_id}/ledger", limit="200"))

    def balance(self) -> int:
        return int(self.api.get(f"/customers/{self.customer_id}/balance")["balance_micros"])

    def assert_ledger_agrees(self, calls: list[Json]) -> None:
        """Balance, ledger entries and the charges of the calls are one and the same amount, each call booked once."""
        entries = self.ledger()
        charged = {call["call_id"]: call["amount_micros"] for call in calls if call["amount_micros"]}
        booked: dict[str, int] = defaultdict(int)  # one entry for each charged leg
        for entry in entries:
            booked[entry["reference"]] -= entry["amount_micros"]
        assert len({entry["key"] for entry in entries}) == len(entries)
        assert booked == charged
        assert self.balance() == -sum(charged.values()) == sum(entry["amount_micros"] for entry in entries)

    @contextlib.contextmanager
    def closing(self) -> Iterator[None]:
        """Ends the phones of a test."""
        known = len(self.phones)
        try:
            yield
        finally:
            for phone in self.phones[known:]:
                phone.close()
            del self.phones[known:]


def a_provider(system: System, *, gateways: list[Json] | None = None) -> Provider:
    """Signed up as a newcomer does, with the test gateway as carrier and prices for all that is called."""
    settings = system.settings
    namespace = f"n{os.urandom(5).hex()}"
    api = _sign_up(Api(settings.http_url), namespace)
    own = {"name": "first", "host": settings.gateway_host, "port": settings.gateway_sip_port}
    carrier = api.post("/carriers", {"name": "Carrier", "gateways": gateways or [own]})
    dialplan = api.post("/dialplans", {"name": "US", "preset": "us"})
    deck = api.post("/rate-decks", {"name": "USA", "currency": "USD"})
    rates = {"rates": [{"prefix": "+1", "rate_micros": RATE_MICROS, "minimum_s": 6, "increment_s": 6}]}
    api.put(f"/rate-decks/{deck['id']}/rates", rates, if_match=deck["version"])
    entries = [{"service": "SIP", "rate_micros": 60_000}, {"service": "DID", "rate_micros": 120_000}]
    services = api.post("/service-decks", {"name": "Minutes", "currency": "USD", "entries": entries})
    plan = {
        "name": "Default",
        "currency": "USD",
        "carrier_id": carrier["id"],
        "dialplan_id": dialplan["id"],
        "rate_deck_id": deck["id"],
        "service_deck_id": services["id"],
    }
    plan_id = api.post("/service-plans", plan)["id"]
    customer = api.post("/customers", {"name": "Customer", "service_plan_id": plan_id})
    sbc_id = api.get("/sbcs")["items"][0]["id"]
    return Provider(system, api, namespace, sbc_id, carrier["id"], plan_id, customer["id"])


def _sign_up(public: Api, namespace: str) -> Api:
    email = f"{namespace}@example.com"
    public.post("/signup", {"email": email})
    confirmed = public.post("/signup/confirm", {"token": mailed_tokens(public, email)[0]})
    newcomer = public.with_token(confirmed["access_token"])
    newcomer.put("/onboarding/user", {"full_name": "Ann Admin", "password": PASSWORD})
    isp = {"namespace": namespace, "currency": "USD", "company": namespace, "country": "US", "time_zone": "UTC"}
    newcomer.put("/onboarding/isp", isp)
    newcomer.put("/onboarding/theme", {})
    plan = public.get("/platform-plans")["items"][0]
    tokens = newcomer.put("/onboarding/plan", {"platform_plan_id": plan["id"]})
    return public.with_token(tokens["access_token"])


def mailed_tokens(public: Api, email: str) -> list[str]:
    """Of the links mailed to this address, the newest first; waits for the first."""
    wait_for(lambda: bool(_tokens_mailed(public, email)))
    return _tokens_mailed(public, email)


def _tokens_mailed(public: Api, email: str) -> list[str]:
    with urllib.request.urlopen(f"{public.base}/dev/mail.json", timeout=5) as response:
        mails = json.loads(response.read())["mails"]
    found = [re.search(r"[?#&]token=([\w-]+)", mail["text"]) for mail in mails if mail["to"] == email]
    return [each[1] for each in found if each]


def platform_admin(system: System) -> Api:
    public = Api(system.settings.http_url)
    password = (system.paths.secrets / "platform-admin-password").read_text().strip()
    body = {"namespace": "platform", "email": f"admin@{system.settings.domain}", "password": password}
    return public.with_token(public.post("/auth/login", body)["access_token"])
