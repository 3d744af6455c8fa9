"""What the tests have at hand: two nodes, a tenant, phones in front of the nodes and behind a NAT."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.phones import Account
from local.phones import Phone as DeskPhone
from tests.local.processes import wait_for
from tests.nodes.inside.browser_phone import BrowserPhone
from tests.nodes.inside.cloud import Cloud
from tests.nodes.inside.network import (
    CALLER,
    PHONE,
    PRIVATE,
    SERVICE,
    give_address_up,
    inside,
    switch_on,
    take_address,
)
from tests.nodes.inside.node import TLS_PORT, Node
from tests.system.phone import Phone
from tests.system.provider import Json, Provider, Tenant, a_provider

PEOPLE = {"ann": "101", "bob": "102", "cy": "103", "dora": "104"}


@dataclass
class Lab:
    cloud: Cloud
    nodes: dict[str, Node]
    directory: Path = Path()
    phones: list[Phone] = field(default_factory=list)
    desk_phones: list[DeskPhone] = field(default_factory=list)

    @property
    def a(self) -> Node:
        return self.nodes["a"]

    @property
    def b(self) -> Node:
        return self.nodes["b"]

    def found(self) -> None:
        """The tenant, once."""
        self.provider: Provider = a_provider(self.cloud)  # type: ignore[arg-type]
        self.tenant: Tenant = self.provider.tenant()
        for username, alias in PEOPLE.items():
            self.tenant.subscriber(username, alias=alias, max_calls=0)
        self.provider.wait_in_force(limit_s=30)

    def wait_together(self) -> None:
        """Until the nodes share registrations and counts."""
        for node in self.nodes.values():
            wait_for(lambda node=node: self._sees_peer(node), limit_s=30)  # type: ignore[misc]

    def _sees_peer(self, node: Node) -> bool:
        listed = node.rpc("dmq.list_nodes") or []
        known = {each["host"]: each["status"] for each in ([listed] if isinstance(listed, dict) else listed)}
        states = {known.get(PRIVATE[name]) for name in node.others}
        return states == {"active"} and node.metric("hook_peers_reachable") == len(node.others)

    # -- phones

    def aor(self, user: str) -> str:
        return f"{user}@{self.tenant.domain}"

    def phone(self, user: str, node: Node, *, register: bool = True, **options: Any) -> Phone:
        """On the internet."""
        made = Phone(node.sip, **self._account(user, "sip"), address=CALLER, **options)
        return self._keep(made, register=register)

    def phone_behind_nat(self, user: str, node: Node, **options: Any) -> Phone:
        with inside("home"):
            made = Phone(node.sip, **self._account(user, "sip"), address=PHONE, **options)
        return self._keep(made, register=True)

    def browser(self, user: str, node: Node, **options: Any) -> BrowserPhone:
        made = BrowserPhone(node.sip, **self._account(user, "softphone"), address=CALLER, **options)
        self._keep(made, register=True)
        return made

    def desk_phone(
        self, user: str, node: Node, *, tone_hz: int, answers: Any = "manual", nat: bool = False,
        transport: Any = "udp", **more: Any,
    ) -> DeskPhone:  # fmt: skip
        """A real one, which can be heard."""
        port = 6000 + 100 * len(self.desk_phones)
        address, sip_port = node.sip
        account = Account(
            user=user, domain=self.tenant.domain, password=self._account(user, "sip")["password"],
            outbound=f"{address}:{TLS_PORT if transport == 'tls' else sip_port}", port=port, control_port=port + 2,
            rtp_port=port + 10, answers=answers, address=PHONE if nat else CALLER, transport=transport, **more,
        )  # fmt: skip
        made = DeskPhone(account=account, directory=self.directory / f"{user}{port}", tone_hz=tone_hz)
        with inside("home") if nat else contextlib.nullcontext():
            made.start()
        self.desk_phones.append(made)
        made.wait_registered(timeout_s=15)
        return made

    def _account(self, user: str, kind: str) -> dict[str, str]:
        return {"user": user, "domain": self.tenant.domain, "password": self.tenant.people[user]["passwords"][kind]}

    def _keep(self, phone: Phone, *, register: bool) -> Phone:
        self.phones.append(phone)
        if register:
            reply = phone.register()
            assert reply.status == 200, reply.start
        return phone

    @property
    def running(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.processes]

    def wait_shared(self, user: str, *, count: int = 1) -> None:
        """Until all nodes that run have so many contacts of the user."""
        aor = self.aor(user)
        for node in self.running:
            try:
                wait_for(lambda node=node: len(node.contacts(aor)) == count, limit_s=30)  # type: ignore[misc]
            except AssertionError:
                found = {each.name: each.contacts(aor) for each in self.running}
                raise AssertionError(f"{user}: not {count} contacts at each node, but {found}") from None

    def wait_counted(self, **calls: int) -> None:
        """Until all nodes that run say that these users have so many calls, and nobody else."""
        wanted = {f"subscriber/{self.tenant.people[user]['id']}": count for user, count in calls.items() if count}
        for node in self.running:
            wait_for(lambda node=node: _of_subscribers(node.counts()["total"]) == wanted, limit_s=30)  # type: ignore[misc]

    # -- afterwards

    def record(self, sip_call_id: str) -> Json:
        """The one record of a call; fails if there are more, also a while later."""
        return self.provider.call(sip_call_id, limit_s=30)

    def hang_up_everything(self) -> None:
        for desk_phone in self.desk_phones:
            desk_phone.stop()
        for phone in self.phones:
            with inside("home") if phone.address == PHONE else contextlib.nullcontext():
                phone.patience_s = 1
                phone._registered = False
                phone.close()
        self.desk_phones.clear()
        self.phones.clear()

    def bring_home(self) -> None:
        """Both nodes run, each with its own address, and nobody is registered."""
        for name, node in self.nodes.items():
            for other in node.others:
                with contextlib.suppress(AssertionError):
                    give_address_up(name, SERVICE[other])
        for name, node in self.nodes.items():
            switch_on(name, service=True)
            stopped = [each for each in ("rtpengine", "hook", "kamailio") if each not in node.processes]
            if stopped:
                node.start(*stopped)
        self.wait_together()
        for node in self.nodes.values():  # what was said to a node that was away may come late, and bring a phone back
            wait_for(node.awaits_nothing, limit_s=30)
        for node in self.nodes.values():
            wait_for(lambda node=node: node.holder_of(node.sip[0]) == PRIVATE[node.name], limit_s=10)  # type: ignore[misc]
            for user in PEOPLE:
                node.rpc("ul.rm", "location", self.aor(user))
        for user in PEOPLE:
            self.wait_shared(user, count=0)

    def take_over(self, node: Node, *, of: str) -> float:
        """The node has the address of another from now on: when that was."""
        taken_at = time.time()
        take_address(node.name, SERVICE[of])
        return taken_at

    def report(self) -> str:
        logs = [
            f"--- {node.name} {each}\n{node.log(each)}" for node in self.nodes.values() for each in ("kamailio", "hook")
        ]
        traces = [f"--- phone {phone.user} {phone.port}\n" + "\n".join(phone.trace[-100:]) for phone in self.phones]
        return "\n".join((*traces, *logs, f"--- api\n{self.cloud.log('api')}"))


def _of_subscribers(counts: Json) -> Json:
    return {key: count for key, count in counts.items() if key.startswith("subscriber/")}
