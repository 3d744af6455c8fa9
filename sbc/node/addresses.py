"""Has this node's public address, and a peer's while the peer is gone: looks each second, asks EC2 every few."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sbc.hook.aws_signing import AwsSigner
from sbc.hook.http_client import HttpClient
from sbc.node import address_map
from sbc.node.checks import check_kamailio, check_peer
from sbc.node.ec2 import Ec2, Ec2Error
from sbc.node.health import Check, HttpCheck, SipCheck
from sbc.node.settings import ElasticAddress, NodeSettings
from sbc.node.takeover import Patience, Seen, Watched, after_attempt, should_take, watch

log = logging.getLogger(__name__)

LOOK_S = 1.0
ASK_S = 5.0
_HTTP_S = 5.0


@dataclass(slots=True)
class AddressKeeper:
    """``well``: of this node. ``answers``: by public address, whether its own node answers inside. ``answers_outside``:
    the same at the public address, asked only while another machine has it."""

    addresses: tuple[ElasticAddress, ...]
    interface_id: str
    ec2: Ec2
    well: Check
    answers: Mapping[str, Check]
    answers_outside: Mapping[str, Check]
    apply: Callable[[Mapping[str, str]], None] = address_map.apply
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], float] = time.monotonic
    _held: dict[str, bool] = field(default_factory=dict)
    _watched: dict[str, Watched] = field(default_factory=dict)
    _mapped: dict[str, str] | None = None
    _asked_at: float = float("-inf")
    _doubtful: bool = False

    async def look(self) -> None:
        """One check of everything."""
        if self._doubtful or self.clock() - self._asked_at >= ASK_S:
            await self._ask()
        well = await asyncio.to_thread(self.well)
        self._doubtful = False
        for address in self.addresses:
            await self._look_at(address, well=well)
        await self._map()

    async def _look_at(self, address: ElasticAddress, *, well: bool) -> None:
        seen = await self._see(address, well=well)
        watched = watch(self._watched.get(address.public, Watched()), seen)
        if should_take(watched, seen, self.patience):
            await self._take(address)
            watched = after_attempt(watched)
        self._watched[address.public] = watched

    async def _see(self, address: ElasticAddress, *, well: bool) -> Seen:
        held = self._held.get(address.public)
        if address.own:
            return Seen(own=True, well=well, held=held)
        answers = await asyncio.to_thread(self.answers[address.public])
        # its node is about to take it back: calls that still leave from here then are lost
        self._doubtful = self._doubtful or bool(answers and held)
        if not answers and not held:
            answers = await asyncio.to_thread(self.answers_outside[address.public])
        return Seen(own=False, well=well, peer_answers=answers, held=held)

    async def _ask(self) -> None:
        self._asked_at = self.clock()
        try:
            found = await self.ec2.addresses(each.allocation_id for each in self.addresses)
        except Ec2Error as error:
            log.warning("addresses not known: %s", error)
            return
        for each in found:
            here = each.interface_id == self.interface_id
            if self._held.get(each.public) not in {None, here}:
                log.info("%s is %s", each.public, "here" if here else "elsewhere")
            self._held[each.public] = here

    async def _take(self, address: ElasticAddress) -> None:
        log.warning("taking %s%s", address.public, "" if address.own else ": its node is gone")
        try:
            await self.ec2.associate(address.allocation_id, interface_id=self.interface_id, private=address.private)
        except Ec2Error as error:
            log.warning("%s not taken: %s", address.public, error)
            return
        self._held[address.public] = True

    async def _map(self) -> None:
        """What isn't known of the node's own address is taken for good: with EC2's API out of reach, it still works."""
        mapped = {each.public: each.private for each in self.addresses if self._held.get(each.public, each.own)}
        if mapped == self._mapped:
            return
        try:
            await asyncio.to_thread(self.apply, mapped)
        except address_map.AddressMapError as error:
            log.warning("addresses not mapped: %s", error)
        else:
            self._mapped = mapped


async def keep_addresses(settings: NodeSettings) -> int:
    """Until it is told to stop; the addresses stay as they are then."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    keeper = make_keeper(settings) if settings.elastic_addresses else None
    while not stop.is_set():
        if keeper is not None:
            await keeper.look()
        await asyncio.wait([asyncio.ensure_future(stop.wait())], timeout=LOOK_S)
    return 0


def make_keeper(settings: NodeSettings) -> AddressKeeper:
    endpoint = f"https://ec2.{settings.region}.amazonaws.com"
    signer = AwsSigner(endpoint=endpoint, region=settings.region, service="ec2")
    others = [each for each in settings.elastic_addresses if not each.own]
    return AddressKeeper(
        addresses=settings.elastic_addresses,
        interface_id=settings.interface_id,
        ec2=Ec2(client=HttpClient(endpoint, headers={}, timeout_s=_HTTP_S), signer=signer),
        well=_both(check_kamailio(settings), HttpCheck(f"http://127.0.0.1:{settings.hook_port}/health")),
        answers={each.public: check_peer(settings, each.peer) for each in others},
        answers_outside={each.public: SipCheck(each.public, settings.sip_port) for each in others},
    )


def _both(first: Check, second: Check) -> Check:
    return lambda: first() and second()
