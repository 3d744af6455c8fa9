"""baresip phones of one test, registered at its SBC."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from local.phones import Account, Phone
from tests.ports import free_port
from tests.sip.stack import DOMAIN


@dataclass
class DeskPhones:
    sip: str
    directory: Path
    phones: list[Phone] = field(default_factory=list)

    def __call__(self, user: str, tone_hz: int, *, transport: Literal["udp", "tcp"] = "udp", **more: Any) -> Phone:
        account = Account(
            user=user, domain=DOMAIN, password=f"{user}-softphone", outbound=self.sip, port=free_port(),
            control_port=free_port(), rtp_port=free_port(), transport=transport, **more,
        )  # fmt: skip
        phone = Phone(account=account, directory=self.directory / f"{user}{len(self.phones)}", tone_hz=tone_hz)
        phone.start()
        self.phones.append(phone)
        phone.wait_registered()
        return phone

    def stop(self) -> None:
        for phone in self.phones:
            phone.stop()
