"""When a node takes a public address, and that EC2 then has it there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws

from sbc.hook.aws_signing import AwsSigner
from sbc.hook.http_client import HttpAnswer, HttpClient
from sbc.node.addresses import AddressKeeper
from sbc.node.ec2 import Ec2, Ec2Error
from sbc.node.settings import ElasticAddress
from sbc.node.takeover import Patience, Seen, Watched, after_attempt, should_take, watch

PATIENCE = Patience(silent=3, well=2)
REGION = "us-east-1"
ENDPOINT = f"https://ec2.{REGION}.amazonaws.com"


def taken_at(*checks: Seen, patience: Patience = PATIENCE) -> list[int]:
    """The numbers of the checks at which the address is taken."""
    watched, found = Watched(), []
    for number, seen in enumerate(checks, start=1):
        watched = watch(watched, seen)
        if should_take(watched, seen, patience):
            found.append(number)
            watched = after_attempt(watched)
    return found


def a_peers(*, answers: bool, well: bool = True, held: bool | None = False) -> Seen:
    return Seen(own=False, well=well, peer_answers=answers, held=held)


def an_own(*, well: bool = True, held: bool | None = False) -> Seen:
    return Seen(own=True, well=well, held=held)


def test_a_peers_address_is_taken_after_so_many_checks_without_an_answer() -> None:
    assert taken_at(*[a_peers(answers=False)] * 4) == [3]


def test_one_answer_begins_the_count_anew() -> None:
    silent, alive = a_peers(answers=False), a_peers(answers=True)

    assert taken_at(silent, silent, alive, silent, silent, alive) == []
    assert taken_at(silent, silent, alive, silent, silent, silent) == [6]


def test_a_node_that_isnt_well_takes_nothing() -> None:
    assert taken_at(*[a_peers(answers=False, well=False)] * 9) == []
    assert taken_at(*[an_own(well=False)] * 9) == []


def test_a_node_that_has_just_become_well_waits_before_it_takes() -> None:
    assert taken_at(*[a_peers(answers=False, well=False)] * 5, *[a_peers(answers=False)] * 3) == [7]


def test_a_nodes_own_address_comes_back_to_it_once_it_is_well() -> None:
    assert taken_at(an_own(well=False), an_own(), an_own()) == [3]


@pytest.mark.parametrize("held", [True, None])
def test_what_is_here_already_or_isnt_known_is_left(held: bool | None) -> None:
    assert taken_at(*[an_own(held=held)] * 5, *[a_peers(answers=False, held=held)] * 5) == []


def test_a_failed_attempt_is_repeated_after_as_long_a_silence_again() -> None:
    assert taken_at(*[a_peers(answers=False)] * 9) == [3, 6, 9]


def test_an_address_that_was_taken_back_by_a_peer_that_isnt_heard_is_left_to_it_for_long() -> None:
    patience = Patience(silent=3, silent_but_alive=20, well=2)
    taken, back, heard = a_peers(answers=False, held=True), a_peers(answers=False), a_peers(answers=True)

    assert taken_at(*[taken] * 5, *[back] * 20, patience=patience) == [20]
    assert taken_at(*[taken] * 5, back, heard, *[back] * 5, patience=patience) == [10]


# -- with EC2


@dataclass
class Cloud:
    """moto's EC2 with two interfaces, of node a and node b, each with its Elastic IP."""

    client: Any
    interfaces: dict[str, str] = field(default_factory=dict)
    private: dict[str, list[str]] = field(default_factory=dict)
    elastic: dict[str, tuple[str, str]] = field(default_factory=dict)

    def build(self) -> None:
        vpc = self.client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = self.client.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        for number, name in enumerate("ab", start=1):
            self.private[name] = [f"10.0.0.{number}0", f"10.0.0.{number}1"]
            addresses = [
                {"Primary": place == 0, "PrivateIpAddress": each} for place, each in enumerate(self.private[name])
            ]
            made = self.client.create_network_interface(SubnetId=subnet, PrivateIpAddresses=addresses)
            self.interfaces[name] = made["NetworkInterface"]["NetworkInterfaceId"]
            allocated = self.client.allocate_address(Domain="vpc")
            self.elastic[name] = (allocated["AllocationId"], allocated["PublicIp"])
            self.client.associate_address(
                AllocationId=allocated["AllocationId"], NetworkInterfaceId=self.interfaces[name],
                PrivateIpAddress=self.private[name][0],
            )  # fmt: skip

    def where(self, name: str) -> str:
        """The node that has this node's address."""
        found = self.client.describe_addresses(AllocationIds=[self.elastic[name][0]])["Addresses"][0]
        return next(node for node, each in self.interfaces.items() if each == found["NetworkInterfaceId"])

    def ec2(self) -> Ec2:
        signer = AwsSigner(endpoint=ENDPOINT, region=REGION, service="ec2")
        return Ec2(client=MotoClient(), signer=signer)  # type: ignore[arg-type]


class MotoClient:
    """``HttpClient``, whose requests moto answers in this process."""

    async def request(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpAnswer:
        answer = await asyncio.to_thread(
            requests.request, method, ENDPOINT + target, headers=dict(headers), data=body, timeout=timeout_s
        )
        assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
        return HttpAnswer(status=answer.status_code, body=answer.content)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with mock_aws():
        cloud = Cloud(client=boto3.client("ec2", region_name=REGION))
        cloud.build()
        yield cloud


class Switches:
    """What the checks of node b see: ``a`` answers inside, ``a_outside`` at its public address, ``b`` is well."""

    def __init__(self) -> None:
        self.a = self.a_outside = self.b = True
        self.now = 0.0
        self.mapped: dict[str, str] = {}

    def map(self, mapped: Mapping[str, str]) -> None:
        self.mapped = dict(mapped)


def keeper_of_b(cloud: Cloud, switches: Switches, ec2: Ec2) -> AddressKeeper:
    a, b = cloud.elastic["a"], cloud.elastic["b"]
    return AddressKeeper(
        addresses=(
            ElasticAddress(*b, cloud.private["b"][0]),
            ElasticAddress(*a, cloud.private["b"][1], cloud.private["a"][0]),
        ),
        interface_id=cloud.interfaces["b"],
        ec2=ec2,
        well=lambda: switches.b,
        answers={a[1]: lambda: switches.a},
        answers_outside={a[1]: lambda: switches.a_outside},
        apply=switches.map,
        patience=PATIENCE,
        clock=lambda: switches.now,
    )


def story(cloud: Cloud, *steps: tuple[Callable[[Switches], None], int]) -> list[tuple[list[str], str]]:
    """After each step and so many checks a second apart: what is mapped here, and who has node a's address."""

    async def tell() -> list[tuple[list[str], str]]:
        switches = Switches()
        keeper = keeper_of_b(cloud, switches, cloud.ec2())
        found = []
        for change, checks in steps:
            change(switches)
            for _ in range(checks):
                switches.now += 1
                await keeper.look()
            found.append((sorted(switches.mapped.values()), cloud.where("a")))
        return found

    return asyncio.run(tell())


def is_gone(switches: Switches) -> None:
    switches.a = switches.a_outside = False


def test_node_b_has_the_address_of_a_node_a_that_is_gone_until_it_takes_it_back(cloud: Cloud) -> None:
    own, standby = cloud.private["b"]

    def comes_back(switches: Switches) -> None:
        switches.a = True
        cloud.client.associate_address(
            AllocationId=cloud.elastic["a"][0], NetworkInterfaceId=cloud.interfaces["a"],
            PrivateIpAddress=cloud.private["a"][0], AllowReassociation=True,
        )  # fmt: skip

    assert story(cloud, (lambda _: None, 2), (is_gone, 4), (comes_back, 6)) == [
        ([own], "a"), ([own, standby], "b"), ([own], "a"),
    ]  # fmt: skip


def test_an_address_that_its_node_takes_back_is_given_up_within_two_checks(cloud: Cloud) -> None:
    own, standby = cloud.private["b"]

    def answers(switches: Switches) -> None:
        switches.a = True

    def takes_it(_: Switches) -> None:
        cloud.client.associate_address(
            AllocationId=cloud.elastic["a"][0], NetworkInterfaceId=cloud.interfaces["a"],
            PrivateIpAddress=cloud.private["a"][0], AllowReassociation=True,
        )  # fmt: skip

    for answered in (1, 4):  # whenever it was that EC2 was asked last
        found = story(cloud, (lambda _: None, 1), (is_gone, 4), (answers, answered), (takes_it, 2))
        assert found[-2:] == [([own, standby], "b"), ([own], "a")]


def test_a_node_that_is_only_cut_off_inside_keeps_its_address(cloud: Cloud) -> None:
    def inside(switches: Switches) -> None:
        switches.a = False

    assert story(cloud, (inside, 10)) == [([cloud.private["b"][0]], "a")]


def test_a_node_that_comes_up_well_takes_its_own_address_from_wherever_it_is(cloud: Cloud) -> None:
    cloud.client.associate_address(
        AllocationId=cloud.elastic["b"][0], NetworkInterfaceId=cloud.interfaces["a"],
        PrivateIpAddress=cloud.private["a"][1], AllowReassociation=True,
    )  # fmt: skip

    def is_ill(switches: Switches) -> None:
        switches.b = False

    def is_well(switches: Switches) -> None:
        switches.b = True

    before, after = story(cloud, (is_ill, 5), (is_well, 5))

    assert before[0] == []
    assert after[0] == [cloud.private["b"][0]]
    assert cloud.where("b") == "b"


def test_an_ec2_that_cant_be_reached_leaves_the_own_address_in_its_place(cloud: Cloud) -> None:
    async def tell() -> dict[str, str]:
        switches = Switches()
        signer = AwsSigner(endpoint="http://127.0.0.1:9", region=REGION, service="ec2")
        ec2 = Ec2(client=HttpClient("http://127.0.0.1:9", headers={}, timeout_s=1), signer=signer)
        await keeper_of_b(cloud, switches, ec2).look()
        return switches.mapped

    assert asyncio.run(tell()) == {cloud.elastic["b"][1]: cloud.private["b"][0]}


def test_what_ec2_refuses_says_why(cloud: Cloud) -> None:
    async def tell() -> None:
        await cloud.ec2().addresses(["eipalloc-00000000"])

    with pytest.raises(Ec2Error, match="DescribeAddresses: status 400 InvalidAllocationID"):
        asyncio.run(tell())
