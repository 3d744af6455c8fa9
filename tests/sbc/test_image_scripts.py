"""The scripts that make images and hosts, as far as they can run without either (tests/image runs the others)."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from sbc.node.drain import SETTLE_S, TRANSACTION_S
from sbc.node.keeper import END_S
from sbc.node.programs import PROGRAMS
from sbc.node.settings import MOST_DRAIN_S
from tests.conftest import ROOT

IMAGE = ROOT / "sbc" / "image"
SCRIPTS = sorted(IMAGE.glob("*.sh"))
HOST_ENV = """
REGION=us-east-1
INTERFACE_ID=eni-1
VOLUME_ID=vol-1
NODE_ADDRESS=10.60.0.16
SUBNET=10.60.0.0/24
GATEWAY=10.60.0.1
MAPPED_ADDRESSES='10.60.0.17 10.60.0.18'
PUBLIC_ADDRESSES='198.51.100.1 198.51.100.2'
"""
# EC2 and its metadata, disks, and what only root may do: each call is a line of "calls". The interface is at another
# instance first, and can be had at the second attempt.
STUBS = {
    "curl": """
case "$*" in
  */api/token) echo token ;;
  */instance-id) echo i-new ;;
  */macs/) echo 02:00:00:00:00:01/ ;;
  */interface-id) echo eni-1 ;;
esac
""",
    "aws": """
case "$*" in
  *MacAddress*) echo 02:00:00:00:00:01 ;;
  *describe-network-interfaces*) echo i-old ;;
  *describe-volumes*) echo None ;;
  *attach-network-interface*) echo try >>tries; [ "$(wc -l <tries)" -gt 1 ] ;;
esac
""",
    "readlink": 'echo "$PWD/disk"',
    "blkid": "exit 2",
    "mountpoint": "exit 1",
    **dict.fromkeys(("mkfs.ext4", "mount", "mkdir", "chown", "chmod", "sysctl", "sleep", "systemctl"), ""),
}
INSIDE = """
set -e
ip link set lo up
ip link add node address 02:00:00:00:00:01 type veth peer name wire
ip link set wire up
bash "$1"
echo again >>calls
bash "$1"
echo == ; ip -o -4 address show node
echo == ; ip rule show
echo == ; ip route show table 200
echo == ; ip -o link show node
echo == ; ip route show dev node
"""


def test_systemd_waits_for_the_longest_drain_and_for_the_last_transactions_behind_it() -> None:
    unit = (IMAGE / "systemd/kamailio.conf").read_text()

    waits_s = int(unit.partition("TimeoutStopSec=")[2].split()[0])

    assert waits_s > MOST_DRAIN_S + SETTLE_S + TRANSACTION_S + END_S


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.name for path in SCRIPTS])
def test_a_script_parses_and_stops_at_the_first_failure(script: Path) -> None:
    checked = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
    text = script.read_text()

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "set -euo pipefail" in text or 'source "$(dirname "${BASH_SOURCE[0]}")/common.sh"' in text


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in IMAGE.glob("systemd/*.service"):
        (tmp_path / unit.name).write_text(unit.read_text())
    parts = ["kamailio", "addresses", "logs"]
    for part in parts:
        (tmp_path / f"patchbay@{part}.service.d").mkdir()
        (tmp_path / f"patchbay@{part}.service.d/p.conf").write_text((IMAGE / f"systemd/{part}.conf").read_text())

    units = [f"patchbay@{part}.service" for part in (*parts, "hook", "rtpengine", "certificates")]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units, "patchbay-host.service"], capture_output=True, text=True, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip

    told = [
        line for line in done.stderr.splitlines() if "is not executable" not in line
    ]  # not installed on this machine
    assert told == []


def test_a_plain_node_has_every_part_as_a_unit_and_each_drop_in_its_place() -> None:
    script = (IMAGE / "install-node.sh").read_text()

    [enabled] = re.findall(r"systemctl enable --now ((?:.*\\\n)*.*)", script)
    assert set(re.findall(r"patchbay@(\w+)", enabled)) == set(PROGRAMS)
    [changed] = re.findall(r"for part in ([\w ]+); do", script)
    assert set(changed.split()) == {path.stem for path in IMAGE.glob("systemd/*.conf")}


def test_the_part_that_reads_the_journal_may_do_so_and_yields_to_the_others() -> None:
    """It stops after those it is started before (systemd.unit(5), Before=), so it sends their last lines."""
    text = (IMAGE / "systemd/logs.conf").read_text()

    assert "SupplementaryGroups=systemd-journal\n" in text
    assert "User=" not in text
    before = " ".join(re.findall(r"^Before=(.*)$", text, re.MULTILINE))
    assert set(re.findall(r"patchbay@(\w+)", before)) == set(PROGRAMS) - {"logs"}
    assert {"Nice=10", "IOSchedulingClass=idle", "MemoryMax=192M"} <= set(text.splitlines())


def test_units_leave_lines_as_they_were_written_and_lose_none() -> None:
    text = (IMAGE / "systemd/patchbay@.service").read_text()

    assert {"SyslogIdentifier=patchbay-%i", "SyslogLevelPrefix=no", "LogRateLimitIntervalSec=0"} <= set(
        text.splitlines()
    )
    assert "PYTHONUNBUFFERED=1" in text


def prepare(tmp_path: Path, *, disk: bytes) -> subprocess.CompletedProcess[str]:
    """Runs prepare-host.sh on a machine whose volume has this content and no file system that ``blkid`` recognises."""
    (tmp_path / "disk").write_bytes(disk)
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    for name, answer in STUBS.items():
        (stubs / name).write_text(f'#!/bin/sh\necho "{name} $*" >>calls\n{answer}\n')
        (stubs / name).chmod(0o755)
    (tmp_path / "host.env").write_text(HOST_ENV)
    for name in ("network", "networkd.conf.d"):
        (tmp_path / "etc/systemd" / name).mkdir(parents=True)
    return subprocess.run(
        ["unshare", "-Urn", "--kill-child", "--fork", "bash", "-c", INSIDE, "host", str(IMAGE / "prepare-host.sh")],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
        env={"PATH": f"{stubs}:/usr/sbin:/usr/bin:/sbin:/bin", "PATCHBAY_HOST_ENV": str(tmp_path / "host.env"),
             "PATCHBAY_ETC": str(tmp_path / "etc")},
    )  # fmt: skip


@pytest.fixture
def prepared(tmp_path: Path) -> tuple[list[str], list[str]]:
    """The calls of prepare-host.sh, and what the kernel has then: addresses, rules, routes, MTU."""
    done = prepare(tmp_path, disk=bytes(2 * 1024 * 1024))
    assert done.returncode == 0, done.stdout + done.stderr
    return (tmp_path / "calls").read_text().splitlines(), done.stdout.split("==\n")[1:]


def test_an_instance_takes_the_nodes_interface_and_volume_from_the_one_before(
    prepared: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    calls = prepared[0][: prepared[0].index("again")]

    asked = [re.split(r" --", call)[0] for call in calls if call.startswith("aws") and "describe" not in call]
    assert asked == ["aws ec2 attach-network-interface"] * 2 + ["aws ec2 attach-volume"]
    assert "sleep 5" in calls
    used = [call for call in calls if call.startswith(("mkfs", "mount "))]
    assert used == [
        f"mkfs.ext4 -q -L patchbay {tmp_path}/disk",
        f"mount -o noatime,nodev,nosuid,noexec {tmp_path}/disk /var/lib/patchbay",
    ]
    assert "chown 10600:10600 /var/lib/patchbay /run/patchbay" in calls
    assert any("net.ipv4.ip_nonlocal_bind=1" in call for call in calls)


def test_a_volume_that_isnt_empty_is_never_made_anew(tmp_path: Path) -> None:
    done = prepare(tmp_path, disk=bytes(500_000) + b"a journal" + bytes(2_000_000))

    calls = (tmp_path / "calls").read_text()
    assert done.returncode != 0
    assert "is not empty" in done.stderr
    assert "mkfs" not in calls
    assert "mount -o" not in calls


def test_no_question_to_the_machines_metadata_lasts_for_ever(prepared: tuple[list[str], list[str]]) -> None:
    asked = [call for call in prepared[0] if call.startswith("curl")]

    assert asked
    assert [call for call in asked if "--max-time" not in call] == []


def test_what_comes_in_by_the_nodes_interface_goes_out_by_it(prepared: tuple[list[str], list[str]]) -> None:
    addresses, rules, routes, link, others = prepared[1]

    assert re.findall(r"inet (\S+)", addresses) == ["10.60.0.16/24", "10.60.0.17/32", "10.60.0.18/32"]
    assert set(re.findall(r"from (\S+) lookup 200", rules)) == {
        "10.60.0.16", "10.60.0.17", "10.60.0.18", "198.51.100.1", "198.51.100.2",
    }  # fmt: skip
    assert [" ".join(line.split()) for line in routes.splitlines()] == [
        "default via 10.60.0.1 dev node", "10.60.0.0/24 dev node scope link",
    ]  # fmt: skip
    # the first interface, of the same subnet, comes before it for all that isn't the node's
    assert others.split() == ["10.60.0.0/24", "proto", "kernel", "scope", "link", "src", "10.60.0.16", "metric", "2048"]
    assert " mtu 1500 " in link


def test_systemd_leaves_the_nodes_interface_and_rules_alone(
    prepared: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    """From before the interface comes; at the next boot it knows already."""
    first, second = " ".join(prepared[0]).split(" again ")

    assert first.index("systemctl restart systemd-networkd") < first.index("attach-network-interface")
    assert "systemctl restart" not in second
    network = (tmp_path / "etc/systemd/network/05-patchbay.network").read_text()
    assert network == "[Match]\nMACAddress=02:00:00:00:00:01\n\n[Link]\nUnmanaged=yes\n"
    general = (tmp_path / "etc/systemd/networkd.conf.d/patchbay.conf").read_text()
    assert general == "[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\n"
