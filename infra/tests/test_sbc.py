"""The SBC's nodes in the templates, and that what they are told is what their programs understand."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from infra.config import example_config
from infra.log_groups import NODE_PROGRAMS, node_log_group
from infra.sbc_plan import PEER_PORTS, RTP_PORTS, SIP_PORT, TLS_PORT, plan_nodes
from infra.synth import synthesise_built
from sbc.node.parts import make_sbc_settings
from sbc.node.settings import read_node_settings

Json = dict[str, Any]
SBC = Path(__file__).resolve().parent.parent.parent / "sbc"
ORDER = ["rtpengine", "hook", "kamailio"]


@pytest.fixture(scope="module", params=["containers", "instances"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Two nodes, running."""
    config = example_config("production", sbc_variant=request.param, sbc_started=True)
    found: Json = json.loads(synthesise_built(config, tmp_path_factory.mktemp(request.param)).read_text())
    return found


def of_type(template: Json, kind: str) -> list[Json]:
    return [one["Properties"] for one in template["Resources"].values() if one["Type"] == kind]


def plain(value: Any) -> str:
    """A text of the template with something of the right kind for each reference."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(plain(part) for part in argument[1])
    if function == "Ref" and "Address" in argument:
        return "198.51.100.1" if "Nodea" in argument else "198.51.100.2"
    if function == "Fn::Base64":
        return plain(argument)
    return f"id-{argument if isinstance(argument, str) else '.'.join(map(str, argument))}"


def user_data(template: Json) -> list[str]:
    return [plain(one["LaunchTemplateData"]["UserData"]) for one in of_type(template, "AWS::EC2::LaunchTemplate")]


def file_in(script: str, path: str) -> dict[str, str]:
    """A file of variables that the script writes."""
    found = re.search(rf"cat >{re.escape(path)} <<'PATCHBAY_END'\n(.*?)PATCHBAY_END", script, re.DOTALL)
    assert found is not None
    return dict(shlex.split(line)[0].split("=", 1) for line in found[1].splitlines())


def environments(template: Json) -> list[dict[str, str]]:
    """Of the nodes' programs, whichever way they get it."""
    tasks = of_type(template, "AWS::ECS::TaskDefinition")
    if not tasks:
        return [file_in(script, "/etc/patchbay/node.env") for script in user_data(template)]
    return [
        {each["Name"]: plain(each["Value"]) for each in task["ContainerDefinitions"][0]["Environment"]}
        for task in tasks
    ]


def test_what_a_node_is_told_is_what_its_programs_understand(template: Json) -> None:
    settings = [read_node_settings(each) for each in environments(template)]
    sbc = [make_sbc_settings(each) for each in settings]

    assert [each.sip_port for each in sbc] == [SIP_PORT] * 2
    assert {each.peers for each in settings} == {("10.60.0.16",), ("10.60.1.16",)}
    assert all(each.service_addresses == ("198.51.100.1", "198.51.100.2") for each in sbc)
    assert [[one.own for one in each.elastic_addresses] for each in settings] == [[True, False]] * 2
    assert all(json.loads(json.dumps(each.hook_settings))["stage"] == "production" for each in settings)


def test_a_host_is_told_all_that_its_preparation_needs(template: Json) -> None:
    script = (Path(__file__).parent.parent.parent / "sbc/image/prepare-host.sh").read_text()
    needed = set(re.findall(r"\$\{?([A-Z][A-Z_]+)\b", script)) - {"SECONDS", "PATCHBAY_HOST_ENV", "PATCHBAY_ETC"}

    for data in user_data(template):
        told = file_in(data, "/etc/patchbay/host.env")
        assert needed == set(told)
        assert len(data) < 16384


def test_no_container_starts_on_a_host_without_its_volume(template: Json) -> None:
    unit = re.compile(r"cat >/etc/systemd/system/patchbay-host\.service <<'PATCHBAY_END'\n(.*?)PATCHBAY_END", re.DOTALL)

    units = [found[1].splitlines() for data in user_data(template) if (found := unit.search(data))]

    assert len(units) == len(of_type(template, "AWS::ECS::TaskDefinition"))
    assert all({"Before=docker.service ecs.service", "RequiredBy=ecs.service"} <= set(each) for each in units)


def test_the_firewall_opens_what_nodes_listen_on_and_nothing_to_the_host(template: Json) -> None:
    groups = of_type(template, "AWS::EC2::SecurityGroup")
    opened = {
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for group in groups
        for rule in group.get("SecurityGroupIngress", ())
    }  # fmt: skip
    inside = of_type(template, "AWS::EC2::SecurityGroupIngress")

    assert opened == {
        ("udp", SIP_PORT, SIP_PORT), ("udp", *RTP_PORTS), ("tcp", SIP_PORT, SIP_PORT), ("tcp", TLS_PORT, TLS_PORT),
        ("tcp", 8443, 8443),
    }  # fmt: skip
    assert {(rule["IpProtocol"], rule["FromPort"]) for rule in inside} == {("udp", port) for port in PEER_PORTS}
    assert len([group for group in groups if "SecurityGroupIngress" not in group]) == 1


def actions_of(template: Json, policy: str) -> list[set[str]]:
    """Allowed by each node's policy of that name."""
    found = []
    for name, one in template["Resources"].items():
        if one["Type"] == "AWS::IAM::Policy" and policy in name:
            statements = one["Properties"]["PolicyDocument"]["Statement"]
            listed = [each["Action"] if isinstance(each["Action"], list) else [each["Action"]] for each in statements]
            found.append({action for actions in listed for action in actions})
    return found


def test_a_node_may_do_what_its_programs_ask_for_and_no_more(template: Json) -> None:
    asked = {f"ec2:{name}" for name in re.findall(r'_request\("(\w+)"', (SBC / "node/ec2.py").read_text())}
    asked |= {f"ssm:{name}" for name in re.findall(r"AmazonSSM\.(\w+)", (SBC / "node/enrolment_key.py").read_text())}
    queue = re.findall(r'_request\("(\w+)"', (SBC / "hook/change_queue.py").read_text())
    asked |= {f"sqs:{name.removesuffix('Batch')}" for name in queue}
    # certbot's plugin: certbot-dns-route53.readthedocs.io
    asked |= {"route53:ListHostedZones", "route53:GetChange", "route53:ChangeResourceRecordSets"}

    assert len(asked) == 8
    assert actions_of(template, "NodePolicy") == [asked] * 2


def test_a_node_without_containers_may_write_to_its_own_streams_alone(template: Json) -> None:
    asked = {f"logs:{name}" for name in re.findall(r'_request\("(\w+)"', (SBC / "node/cloudwatch_logs.py").read_text())}
    policies = [
        one["Properties"]["PolicyDocument"]["Statement"]
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::IAM::Policy" and "LogsPolicy" in name
    ]

    assert asked == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert actions_of(template, "LogsPolicy") == ([] if of_type(template, "AWS::ECS::TaskDefinition") else [asked] * 2)
    for [statement], node in zip(policies, "ab", strict=len(policies) > 0):
        streams = [plain(each).rpartition(":log-group:")[2] for each in statement["Resource"]]
        assert streams == [
            f"{node_log_group('patchbay-production', program)}:log-stream:{node}" for program in NODE_PROGRAMS
        ]


def test_lines_of_every_part_reach_its_log_group_with_and_without_containers(template: Json) -> None:
    names = {key: one["Properties"]["LogGroupName"] for key, one in log_groups(template).items()}
    tasks = of_type(template, "AWS::ECS::TaskDefinition")
    if tasks:
        drivers = {
            each["Name"]: each["LogConfiguration"]["Options"]["awslogs-group"]["Ref"]
            for each in tasks[0]["ContainerDefinitions"]
        }
        found = [{part: names[key] for part, key in drivers.items()}]
        parts = set(NODE_PROGRAMS) - {"logs"}
    else:
        told = [read_node_settings(each) for each in environments(template)]
        found = [
            {part: names[group.removeprefix("id-")] for part, group in each.log_groups_by_part.items()} for each in told
        ]
        parts = set(NODE_PROGRAMS)
        assert [each.log_stream for each in told] == ["a", "b"]

    assert all(each == {part: node_log_group("patchbay-production", part) for part in parts} for each in found)


def log_groups(template: Json) -> Json:
    return {key: one for key, one in template["Resources"].items() if one["Type"] == "AWS::Logs::LogGroup"}


def test_a_host_may_do_what_its_preparation_asks_for_and_no_more(template: Json) -> None:
    used = re.findall(r"aws ec2 ([a-z-]+)", (SBC / "image/prepare-host.sh").read_text())
    asked = {"ec2:" + "".join(word.title() for word in name.split("-")) for name in used}

    assert len(asked) == 4
    assert actions_of(template, "HostPolicy") == [asked] * 2


def test_a_host_takes_nothing_to_machines_of_another_stage_or_node(template: Json) -> None:
    tags = {
        (name, json.dumps(value, sort_keys=True))
        for one in template["Resources"].values()
        if one["Type"] == "AWS::IAM::Policy"
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        for name, value in statement.get("Condition", {}).items()
        if "ec2:AttachVolume" in statement["Action"]
    }
    groups = of_type(template, "AWS::AutoScaling::AutoScalingGroup")
    given = [{tag["Key"]: tag["Value"] for tag in one["Tags"] if tag["PropagateAtLaunch"]} for one in groups]

    assert tags == {
        (
            "StringEquals",
            json.dumps({f"aws:ResourceTag/patchbay:{name}": one[f"patchbay:{name}"] for name in ("node", "stage")}),
        )
        for one in given
    }


def test_the_next_machine_waits_longer_than_the_one_before_drains(template: Json) -> None:
    told = [file_in(data, "/etc/patchbay/host.env") for data in user_data(template)]

    assert [int(one["PATCHBAY_PATIENCE_S"]) for one in told] == [3600 + 1800] * 2


def test_one_node_alone_has_no_peers(tmp_path: Path) -> None:
    found = json.loads(synthesise_built(example_config("dev", sbc_nodes=1), tmp_path).read_text())
    [told] = environments(found)
    settings = read_node_settings(told)

    assert (settings.peers, make_sbc_settings(settings).peers) == ((), ())
    assert [each.own for each in settings.elastic_addresses] == [True]


def test_a_node_whose_volume_is_lost_gets_another_and_stays_what_it_is_otherwise(
    template: Json, tmp_path: Path
) -> None:
    variant = "containers" if of_type(template, "AWS::ECS::Service") else "instances"
    config = example_config("production", sbc_variant=variant, sbc_started=True, sbc_lost_volumes="b")
    again: Json = json.loads(synthesise_built(config, tmp_path).read_text())

    def made(kind: str, of: Json) -> set[str]:
        return {name for name, one in of["Resources"].items() if one["Type"] == f"AWS::EC2::{kind}"}

    for kind in ("NetworkInterface", "EIP", "EIPAssociation"):
        assert made(kind, again) == made(kind, template)
    assert len(made("Volume", again)) == 2
    assert {name[:8] for name in made("Volume", template) - made("Volume", again)} == {"SbcNodeb"}
    machines = {name: one for name, one in again["Resources"].items() if one["Type"] == "AWS::EC2::LaunchTemplate"}
    assert [name for name in machines if machines[name] == template["Resources"][name]] == [
        name for name in machines if "Nodea" in name
    ]


def test_an_identity_outlives_the_machine(template: Json) -> None:
    volumes = [one for one in template["Resources"].values() if one["Type"] == "AWS::EC2::Volume"]

    assert [one["DeletionPolicy"] for one in volumes] == ["RetainExceptOnCreate"] * 2
    assert all(one["Properties"]["Encrypted"] for one in volumes)
    assert len(of_type(template, "AWS::EC2::NetworkInterface")) == len(of_type(template, "AWS::EC2::EIP")) == 2
    groups = of_type(template, "AWS::AutoScaling::AutoScalingGroup")
    assert [(one["MinSize"], one["MaxSize"], one["DesiredCapacity"]) for one in groups] == [("0", "1", "1")] * 2


def test_a_task_starts_in_order_without_rights_and_has_time_to_drain(template: Json) -> None:
    for task in of_type(template, "AWS::ECS::TaskDefinition"):
        containers = {each["Name"]: each for each in task["ContainerDefinitions"]}
        kamailio = containers["kamailio"]

        assert [name for name in ORDER if containers[name]["Essential"]] == ORDER
        assert {each["ContainerName"]: each["Condition"] for each in kamailio["DependsOn"]} == {
            "rtpengine": "HEALTHY", "hook": "HEALTHY",
        }  # fmt: skip
        assert kamailio["StopTimeout"] == 3660
        assert task["NetworkMode"] == "host"
        assert all(each["ReadonlyRootFilesystem"] and each["RestartPolicy"]["Enabled"] for each in containers.values())
        assert {name for name, each in containers.items() if each["User"].startswith("0")} == {"addresses"}
        rights = {name: each["LinuxParameters"]["Capabilities"] for name, each in containers.items()}
        assert rights.pop("addresses") == {"Add": ["NET_ADMIN"], "Drop": ["ALL"]}
        assert all(each == {"Drop": ["ALL"]} for each in rights.values())


def needed_by(template: Json, name: str) -> set[str]:
    """What CloudFormation makes before a resource, at once or by others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = template["Resources"].get(waiting.pop(), {})
        text = json.dumps(one)
        named = set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r'"Fn::GetAtt": \["(\w+)"', text))
        more = (named | set(one.get("DependsOn", ()))) - found
        found |= more
        waiting += more
    return found


def test_nodes_change_one_after_the_other(template: Json) -> None:
    for kind in ("AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"):
        made = [name for name, one in template["Resources"].items() if one["Type"] == kind]
        for first, second in pairwise(made):
            assert first in needed_by(template, second)
    groups = [one for one in template["Resources"].values() if one["Type"] == "AWS::AutoScaling::AutoScalingGroup"]
    services = of_type(template, "AWS::ECS::Service")
    pauses = {one["UpdatePolicy"]["AutoScalingRollingUpdate"]["PauseTime"] for one in groups}
    assert len(groups) == 2
    assert pauses == {"PT1H" if services else "PT15M"}


def test_a_service_starts_once_the_cluster_knows_the_machines(template: Json) -> None:
    """ECS refuses a service whose capacity provider isn't the cluster's yet; and nothing may wait for itself."""
    kinds = {name: one["Type"] for name, one in template["Resources"].items()}
    services = [name for name, kind in kinds.items() if kind == "AWS::ECS::Service"]

    for name in services:
        assert "AWS::ECS::ClusterCapacityProviderAssociations" in {kinds.get(one) for one in needed_by(template, name)}
    assert [name for name in kinds if name in needed_by(template, name)] == []


def test_an_address_is_placed_once_its_network_has_its_gateway(template: Json) -> None:
    """ "Network is not attached to any internet gateway", says EC2 else."""
    kinds = {name: one["Type"] for name, one in template["Resources"].items()}
    places = [name for name, kind in kinds.items() if kind == "AWS::EC2::EIPAssociation"]

    assert len(places) == 2
    for name in places:
        assert "AWS::EC2::VPCGatewayAttachment" in {kinds.get(one) for one in needed_by(template, name)}


def test_an_instance_gets_the_files_that_the_images_have(tmp_path: Path) -> None:
    synthesise_built(example_config("dev", sbc_variant="instances"), tmp_path)

    sent = [path.parent.parent for path in tmp_path.glob("asset.*/sbc/Dockerfile")]
    [files] = [{str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} for root in sent]
    assert {"sbc/image/install-node.sh", "chalicelib/__init__.py", "chalicelib/domain/routing.py"} <= files
    assert {name.split("/")[0] for name in files} == {"sbc", "chalicelib"}
    assert not any(name.startswith("chalicelib/handlers") or "__pycache__" in name for name in files)


def test_names_lead_to_all_nodes(template: Json) -> None:
    records = {plain(one["Name"]): one for one in of_type(template, "AWS::Route53::RecordSet")}

    assert len(records["sip.pbx.example.net."]["ResourceRecords"]) == 2
    assert records["_sips._tcp.sip.pbx.example.net."]["ResourceRecords"] == [
        f"10 10 {TLS_PORT} {node}.sip.pbx.example.net." for node in "ab"
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_node_has_another_that_stands_by_for_it(count: int) -> None:
    plans = plan_nodes(count)

    standing_by = [plan.stands_by_for for plan in plans]
    assert sorted(standing_by) == ([""] if count == 1 else [plan.name for plan in plans])
    addresses = [one for plan in plans for one in (plan.address, plan.mapped, plan.standby)]
    assert len(set(addresses)) == len(addresses) == 3 * count
