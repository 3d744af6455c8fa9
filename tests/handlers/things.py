"""One of everything that a path or a body can name, all of one ISP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.storage.database import database
from tests.calls_world import Provider
from tests.world import an_id, as_platform_admin


@dataclass(frozen=True)
class Things:
    provider: Provider

    @cached_property
    def ids(self) -> dict[str, str]:
        provider, admin = self.provider, self.provider.admin
        tenant = f"/tenants/{provider.tenant_id}"
        unique = provider.tenant_id[4:].lower()
        number = f"+1209555{int(provider.tenant_id[-6:], 36) % 10_000:04d}"
        admin.post("/dids", {"number": number}).expect(201)
        allocation = {"number": number, "subscriber_id": provider.subscriber["id"]}
        admin.post(f"{tenant}/dids", allocation).expect(201)
        call = provider.outbound()
        provider.send(call)
        plan = admin.get(f"/service-plans/{provider.plan_id}").expect(200)
        upload = {"bytes": 10, "purpose": "subscriber_import"}
        user = {"email": f"{unique}@example.com", "full_name": "Uma", "role": "isp_admin"}
        made = {
            "security_group_id": (f"{tenant}/security-groups", {"name": "USA", "countries": ["US"]}),
            "date_range_id": (f"{tenant}/date-ranges", {"name": "Office", "time_zone": "UTC"}),
            "dialplan_id": ("/dialplans", {"name": "US", "preset": "us"}),
            "domain_id": ("/domains", {"domain": f"{unique}.example"}),
            "user_id": ("/users", user),
            "job_id": (f"{tenant}/subscriber-exports", {}),
        }
        return {
            "isp_id": provider.isp_id,
            "sbc_id": provider.sbc_id,
            "carrier_id": provider.carrier["id"],
            "gateway_id": provider.carrier["gateways"][0]["gateway_id"],
            "service_plan_id": provider.plan_id,
            "service_deck_id": plan["service_deck_id"],
            "rate_deck_id": plan["rate_deck_id"],
            "customer_id": provider.customer_id,
            "tenant_id": provider.tenant_id,
            "subscriber_id": provider.subscriber["id"],
            "call_id": call["call_id"],
            "number": number,
            "node": "n1",
            "enrolment_id": self._enrolment(),
            "version": "1",
            "migration": "1",
            "platform_plan_id": an_id("ppl"),  # of nobody but the platform
            "upload_id": admin.post(f"{tenant}/uploads", upload).expect(201)["upload_id"],
            **{name: self._made(path, body) for name, (path, body) in made.items()},
        }

    def _made(self, path: str, body: dict[str, Any]) -> str:
        answer = self.provider.admin.post(path, body)
        assert answer.status in {201, 202}, answer.text
        return str(answer.json["id"])

    def _enrolment(self) -> str:
        platform = as_platform_admin(self.provider.admin)
        path = f"/platform/sbcs/{self.provider.sbc_id}/enrolments"
        return str(platform.post(path, {"name": an_id("node")}).expect(201)["id"])

    def stored(self) -> list[str]:
        """Every item below our ids, as text."""
        ours = [value for name, value in self.ids.items() if name.endswith("_id")]
        found: list[str] = []
        start: dict[str, Any] = {}
        while True:
            page = database().client.scan(TableName=database().table_name, ConsistentRead=True, **start)
            found += [str(sorted(item.items())) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return sorted(text for text in found if any(own in text for own in ours))
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
