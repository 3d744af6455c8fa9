"""A tenant with people who have phones, numbers and the right to call outside: made once for all tests of phones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.demo import isp_steps, tenant_steps
from local.demo.api import Api
from local.demo.gateway_client import GatewayClient
from local.demo.state import Demo, Person
from local.demo.steps import run_name
from local.demo.talking import start_phone
from local.phones import Phone
from tests.local.systems import System

OUTSIDE = "2092488700"
ALIASES = {"alice": "1000", "bob": "1001", "carol": "1002"}
STEPS = (
    isp_steps.sign_up,
    isp_steps.make_carrier,
    isp_steps.make_plan,
    isp_steps.make_customer,
    tenant_steps.make_dialplan,
    tenant_steps.add_numbers,
    tenant_steps.make_tenant,
    tenant_steps.view_tenant,
)


@contextmanager
def phone_world(system: System, directory: Path) -> Iterator[Demo]:
    demo = Demo(
        settings=system.settings,
        paths=system.paths,
        run=run_name(at_ns=time.time_ns()),
        directory=directory,
        recordings=directory / "recordings",
        public=Api(system.settings.http_url),
        gateway=GatewayClient(system.settings.gateway_url),
    )
    for step in STEPS:
        step(demo)
    _add_people(demo)
    demo.wait_in_force()
    try:
        yield demo
    finally:
        for phone in demo.phones.values():
            phone.stop()


def _add_people(demo: Demo) -> None:
    group = demo.tenant.post(f"{demo.at_tenant}/security-groups", {"name": "USA", "countries": ["US"]})
    for username, alias in ALIASES.items():
        body = {"username": username, "alias": alias, "name": username.capitalize(), "area_code": "209", "max_calls": 4}
        made = demo.tenant.post(f"{demo.at_tenant}/subscribers", body | {"security_group_id": group["id"]})
        passwords = made["passwords"]
        demo.people[username] = Person(made["id"], username, passwords["sip"], passwords["softphone"])
    for number, username in zip(demo.numbers[1:], ("alice", "bob"), strict=False):
        body = {"number": number, "subscriber_id": demo.people[username].subscriber_id}
        demo.tenant.post(f"{demo.at_tenant}/dids", body)


def desk_phone(demo: Demo, username: str, *, tone_hz: int) -> Phone:
    """A SIP phone of that subscriber, registered; the same one when it is asked for again."""
    if username in demo.phones:
        return demo.phones[username]
    password = demo.people[username].sip_password
    return start_phone(demo, username, password=password, tone_hz=tone_hz, transport="udp")
