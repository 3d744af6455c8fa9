"""A provider with a customer, a tenant, decks and an SBC node, and the call records that the node sends."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from chalicelib.auth import Identity, Role, issue_access_token
from chalicelib.domain.ids import new_id
from chalicelib.domain.tokens import token_hash
from chalicelib.storage import keys
from chalicelib.storage.records import create_record
from chalicelib.storage.sbcs import NodeKey
from chalicelib.storage.scope import IspScope
from chalicelib.storage.tenants import TENANT
from chalicelib.storage.transaction import SYSTEM, Transaction
from tests.api_client import ApiClient
from tests.world import a_gateway, an_id, an_isp, an_sbc, as_isp_admin

Json = dict[str, Any]

US = "+12095550123"
UK_MOBILE = "+447400123456"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Provider:
    api: ApiClient
    isp_id: str
    admin: ApiClient
    sbc_id: str
    node: ApiClient
    plan_id: str
    customer_id: str
    tenant_id: str
    carrier: Json
    subscriber: Json

    def send(self, *cdrs: Any) -> list[Json]:
        found: list[Json] = self.node.post("/sbc/cdrs", {"cdrs": list(cdrs)}).expect(200)["results"]
        return found

    def balance(self, customer_id: str = "") -> int:
        found = self.admin.get(f"/customers/{customer_id or self.customer_id}/balance").expect(200)
        return int(found["balance_micros"])

    def ledger(self) -> list[Json]:
        found: list[Json] = self.admin.get(f"/customers/{self.customer_id}/ledger?limit=200").expect(200)["items"]
        return found

    def charges(self, call_id: str) -> list[Json]:
        found: list[Json] = self.admin.get(f"/calls/{call_id}/charges").expect(200)["charges"]
        return found

    def as_role(self, role: Role, user_id: str = "") -> ApiClient:
        identity = Identity(
            role=role, user_id=user_id or an_id("usr"), isp_id=self.isp_id, tenant_ids=(self.tenant_id,)
        )
        return self.api.as_token(issue_access_token(identity))

    def cdr(self, *legs: Json, **fields: Any) -> Json:
        """A call that was answered after two seconds and lasted a minute, unless ``fields`` say otherwise."""
        setup_at = fields.pop("setup_at", now_ms() - 70_000)
        values: Json = {
            "call_id": new_id("call", now_ms=setup_at, random_bytes=bytes.fromhex(token_hash(an_id("x"))[:20])),
            "sbc_id": self.sbc_id, "node": "n1", "isp_id": self.isp_id, "tenant_id": self.tenant_id,
            "customer_id": self.customer_id, "direction": "outbound",
            "caller": {"subscriber_id": self.subscriber["id"], "name": "Ann", "number": "101",
                       "carrier_id": "", "gateway_id": ""},
            "dialled": "2095550123", "calling_number": "+12095550100", "called_number": US, "did": "",
            "service_number": False, "setup_at": setup_at, "answered_at": setup_at + 2000,
            "ended_at": setup_at + 62_000, "pdd_ms": 300, "sip_status": 200, "q850_cause": 16,
            "hangup_by": "caller", "estimated": False, "refusal": None, "sip_call_id": "abc@phone",
            "user_agent": "Phone/1", "src_ip": "192.0.2.7", "legs": list(legs), "trace": a_trace(),
        }  # fmt: skip
        return values | fields

    def outbound(self, number: str = US, *, seconds: float = 60, **fields: Any) -> Json:
        setup_at = fields.get("setup_at", now_ms() - 70_000)
        leg = self.pstn_leg(number, setup_at=setup_at, seconds=seconds)
        return self.cdr(leg, **({"setup_at": setup_at, "called_number": number} | fields))

    def pstn_leg(
        self, number: str = US, *, setup_at: int, seconds: float = 60, gateway: int = 0, **fields: Any
    ) -> Json:
        return a_leg(
            "pstn",
            called_number=number,
            charged_subscriber_id=self.subscriber["id"],
            carrier_id=self.carrier["id"],
            gateway_id=self.carrier["gateways"][gateway]["gateway_id"],
            setup_at=setup_at,
            answered_at=setup_at + 2000,
            ended_at=setup_at + 2000 + round(seconds * 1000),
            **fields,
        )


def a_leg(kind: str, **fields: Any) -> Json:
    values: Json = {
        "leg": "a" if kind == "did" else "b1", "kind": kind, "subscriber_id": "", "charged_subscriber_id": "",
        "carrier_id": "", "gateway_id": "", "called_number": "", "answered_at": None, "sip_status": 200,
    }  # fmt: skip
    return values | fields


def a_trace() -> list[Json]:
    gateway = {
        "order": 1, "gateway": "secret-gateway", "uri": "sip:0044@198.51.100.7", "from_uri": "sip:x@example.net",
        "from_display": "", "headers": [], "codecs": ["PCMU"], "next_hop": "sip:198.51.100.7",
    }  # fmt: skip
    return [
        {"code": "tenant_found", "facts": {"domain": "acme.example.net", "tenant": "Acme"}, "private": False},
        {"code": "carrier_chosen", "facts": {"carrier": "Secret Carrier", "gateways": 2}, "private": True},
        {"code": "gateway_planned", "facts": gateway, "private": True},
    ]


def a_rate(prefix: str, rate_micros: int, **fields: Any) -> Json:
    return {"prefix": prefix, "rate_micros": rate_micros} | fields


RATES = (a_rate("+1", 60_000), a_rate("+1209", 30_000), a_rate("+44", 120_000, minimum_s=30, increment_s=6))
SERVICES: tuple[Json, ...] = (
    {"service": "DID", "rate_micros": 6_000},
    {"service": "TOLLFREE", "rate_micros": 12_000},
    {"service": "PSTN", "rate_micros": 90_000},
)


def a_provider(
    api: ApiClient,
    *,
    rates: tuple[Json, ...] = RATES,
    services: tuple[Json, ...] = SERVICES,
    sbc_id: str = "",
    currency: str = "USD",
) -> Provider:
    isp_id = an_isp(currency=currency)
    admin = as_isp_admin(api, isp_id)
    sbc_id = sbc_id or an_sbc(api)
    gateways = [a_gateway(name="first-gateway"), a_gateway(name="second-gateway", port=5081)]
    carrier = admin.post("/carriers", {"name": "Hidden Carrier", "gateways": gateways}).expect(201)
    plan_id = a_plan(admin, rates=rates, services=services, currency=currency)
    customer_id = str(admin.post("/customers", {"name": "Acme", "service_plan_id": plan_id}).expect(201)["id"])
    tenant_id = a_tenant(isp_id, customer_id, sbc_id, carrier_id=carrier["id"])
    subscriber = admin.post(f"/tenants/{tenant_id}/subscribers", {"username": "ann", "name": "Ann"}).expect(201)
    return Provider(
        api, isp_id, admin, sbc_id, a_node(api, sbc_id), plan_id, customer_id, tenant_id, carrier, subscriber
    )


def a_plan(admin: ApiClient, *, rates: tuple[Json, ...], services: tuple[Json, ...], currency: str = "USD") -> str:
    """The id of a service plan; without rates its rate deck is empty."""
    rate_deck_id = admin.post("/rate-decks", {"name": "Rates", "currency": currency}).expect(201)["id"]
    if rates:
        put_rates(admin, rate_deck_id, rates)
    deck = {"name": "Services", "currency": currency, "entries": list(services)}
    service_deck_id = admin.post("/service-decks", deck).expect(201)["id"]
    plan = {"name": "Plan", "currency": currency, "rate_deck_id": rate_deck_id, "service_deck_id": service_deck_id}
    return str(admin.post("/service-plans", plan).expect(201)["id"])


def put_rates(admin: ApiClient, rate_deck_id: str, rates: tuple[Json, ...]) -> None:
    version = admin.get(f"/rate-decks/{rate_deck_id}").expect(200)["version"]
    headers = {"if-match": f'"{version}"'}
    admin.put(f"/rate-decks/{rate_deck_id}/rates", {"rates": list(rates)}, headers=headers).expect(200)


def a_tenant(isp_id: str, customer_id: str, sbc_id: str, **fields: Any) -> str:
    values = {"name": "Acme", "domain": f"{an_id('d')[2:].lower()}.example.net", "customer_id": customer_id}
    tenant = create_record(IspScope(isp_id), TENANT, values | {"sbc_id": sbc_id} | fields, actor=SYSTEM)
    return str(tenant.id)


def a_node(api: ApiClient, sbc_id: str) -> ApiClient:
    key = an_id("key")
    tx = Transaction()
    tx.put_new(NodeKey(pk=keys.node_key(token_hash(key)), sk=keys.META, sbc_id=sbc_id, node="n1"))
    tx.commit()
    return api.as_token(key)
