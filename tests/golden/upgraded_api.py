"""Asks today's API, in the name of those that a release's fixture knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.media_types import PART_TYPE
from tests.api_client import Answer, ApiClient
from tests.golden.comparison import lost
from tests.golden.release import Json, Release, unpacked

OF_THE_MOMENT = frozenset({"/v1/tenants/{tenant_id}/live"})  # phones that were registered then aren't any more


@dataclass(frozen=True)
class UpgradedApi:
    release: Release
    api: ApiClient = field(default_factory=ApiClient)

    @property
    def ids(self) -> dict[str, str]:
        found: dict[str, str] = self.release.manifest["ids"]
        return found

    @property
    def secrets(self) -> dict[str, str]:
        found: dict[str, str] = self.release.manifest["made_up_secrets"]
        return found

    @property
    def tenant(self) -> str:
        return f"/tenants/{self.ids['tenant_id']}"

    def as_role(self, role: str) -> ApiClient:
        ids = self.ids
        isp, tenants = ids["isp_id"], (ids["tenant_id"],)
        match role:
            case "node":
                return self.api.as_token(self.secrets["node"])
            case "platform_admin":
                found = Identity("platform_admin", ids["platform_admin_id"], name="Root")
            case "isp_admin":
                found = Identity("isp_admin", ids["user_id"], name="Ann Admin", isp_id=isp)
            case "tenant_admin":
                found = Identity("tenant_admin", ids["tenant_admin_id"], name="Boss", isp_id=isp, tenant_ids=tenants)
            case "subscriber":
                session = ids["session_id"]
                found = Identity(
                    "subscriber", ids["subscriber_id"], "Alice", isp_id=isp, tenant_ids=tenants, session_id=session
                )
            case _:
                return self.api
        return self.api.as_token(issue_access_token(found))

    @property
    def admin(self) -> ApiClient:
        return self.as_role("isp_admin")

    @property
    def node(self) -> ApiClient:
        return self.as_role("node")

    def part(self, key: str) -> Json:
        answer = self.node.get(f"/sbc/parts?key={key}", headers={"accept": PART_TYPE})
        assert answer.status == 200, f"{key}: {answer.status} {answer.text!r}"
        return unpacked(answer.text)

    def ask(self, question: Json) -> Answer:
        client = self.as_role(question["role"])
        if "sent" in question:
            return client.post(question["path"], question["sent"])
        return client.get(question["path"])

    def differences(self) -> Iterator[str]:
        """From what the release itself answered."""
        for question in self.release.answers:
            where = f"{question['role']} {question['path']}"
            if question["route"] == "part":
                yield from lost(question["body"], self.part(question["path"]), where=where)
                continue
            answer = self.ask(question)
            if answer.status != 200:
                yield f"{where}: {answer.status} {answer.text.decode()[:300]}"
            elif question["route"] not in OF_THE_MOMENT:
                yield from lost(question["body"], answer.json, where=where)
