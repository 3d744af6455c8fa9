"""What the steps hand on to each other."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from local.demo.api import Api
from local.demo.gateway_client import GatewayClient
from local.demo.waiting import wait_for
from local.demo.web_phone import WebPhone
from local.phones import Phone
from local.settings import Paths, Settings

EXTERNAL = "2092488700"  # the guide's number
IN_FORCE_S = 3.0  # what is promised for a change
PATIENCE_S = 10.0  # where the promise isn't what is measured
NUMBERS = 10


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber, with the passwords that were shown once."""

    subscriber_id: str
    username: str
    sip_password: str
    softphone_password: str


@dataclass(slots=True)
class Demo:
    """``run`` names this run in namespace, mail and domains; ids are filled in by the steps that make the records."""

    settings: Settings
    paths: Paths
    run: str
    directory: Path  # of the phones
    recordings: Path  # what is worth hearing stays here
    public: Api
    gateway: GatewayClient
    isp: Api = field(init=False)
    tenant: Api = field(init=False)
    namespace: str = ""
    carrier_id: str = ""
    plan_id: str = ""
    customer_id: str = ""
    dialplan_id: str = ""
    numbers: list[str] = field(default_factory=list)
    sbc_id: str = ""
    sbc_address: str = ""
    tenant_id: str = ""
    domain: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    phones: dict[str, Phone | WebPhone] = field(default_factory=dict)

    @property
    def at_tenant(self) -> str:
        return f"/tenants/{self.tenant_id}"

    def wait_in_force(self) -> None:
        """Until every node of the SBC has all changes made so far."""
        wait_for(self._is_in_force, what="the SBC has the changes in force", limit_s=PATIENCE_S)

    def _is_in_force(self) -> bool:
        sbc = next(one for one in self.isp.get("/sbcs")["items"] if one["id"] == self.sbc_id)
        return bool(sbc["in_force"]["nodes"] == sbc["in_force"]["acknowledged"] > 0)

    def keep_recording(self, username: str, name: str) -> None:
        """What this phone heard in its last call, as ``name``.wav."""
        recording = self.phones[username].recording()
        if recording is not None:
            self.recordings.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(recording, self.recordings / f"{name}.wav")

    def publish_txt(self, name: str, value: str) -> None:
        """In the file that stands for the DNS of an embedded system."""
        records = json.loads(self.paths.dns.read_text()) if self.paths.dns.exists() else {}
        new = self.paths.dns.with_suffix(".new")
        new.write_text(json.dumps(records | {name: [value]}))
        new.replace(self.paths.dns)
