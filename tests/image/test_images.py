"""The images work: their Dockerfiles' steps are done in clean Debian roots, and a node of them carries a call."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from sbc.node.certificates import certbot_command
from tests.image.conftest import EnrollingApi
from tests.image.images import Image
from tests.image.node import USER_ID, ImageNode
from tests.sip.sipp import Lab
from tests.sip.stack import wait_until

pytestmark = pytest.mark.image
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def test_a_node_of_the_images_carries_a_call_as_a_user_without_rights(
    node: ImageNode, lab: Lab, api: EnrollingApi
) -> None:
    node.start("rtpengine", "hook", "kamailio")
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    lab.start("caller").finish()
    callee.finish()

    api.wait_for(lambda: len(api.cdrs) == 1)
    owners = {Path(f"/proc/{pid}").stat().st_uid for part in node.containers for pid in node.processes(part)}
    assert owners == {USER_ID}
    assert {path.name for path in node.volume.iterdir()} == {
        "certificates", "enrolment.json", "hook", "kamailio", "node.key", "seal.key",
    }  # fmt: skip


def test_a_plain_instance_carries_a_call_by_the_same_scripts(
    plain_node: ImageNode, api: EnrollingApi, tmp_path: Path
) -> None:
    lab = Lab(sip=f"127.0.0.1:{plain_node.settings.sip_port}", directory=tmp_path)
    try:
        plain_node.start("rtpengine", "hook", "kamailio", "logs")
        phone = lab.start("register", user="bob")
        phone.finish()
        callee = lab.listen("callee", port=phone.port)
        lab.start("caller").finish()
        callee.finish()
    finally:
        lab.stop()

    api.wait_for(lambda: len(api.cdrs) == 1)
    root = plain_node.sbc.root
    assert [root.inside(f"/usr/bin/{tool}").exists() for tool in ("gcc", "pip3")] == [False, False]
    for part in ("kamailio", "addresses", "logs"):
        assert root.inside(f"/etc/systemd/system/patchbay@{part}.service.d/patchbay.conf").exists()
    assert root.inside("/var/log/journal").is_dir()
    assert plain_node.stop("logs") == 0


def test_what_is_killed_comes_back_alone_and_registrations_live_on(node: ImageNode, lab: Lab) -> None:
    node.start("rtpengine", "hook", "kamailio")
    phone = lab.start("register", user="bob")
    phone.finish()

    for part in node.containers:
        before = node.processes(part)
        kept = sorted(before)[1]
        os.kill(kept, signal.SIGKILL)
        wait_until(lambda part=part, kept=kept: kept not in node.processes(part), what=f"{part} died", timeout_s=20)
        node.wait_healthy(part)
        assert all(each.process.poll() is None for each in node.containers.values())

    callee = lab.listen("callee", port=phone.port)
    lab.start("caller").finish()
    callee.finish()


def test_the_images_addresses_need_one_right_alone(node: ImageNode) -> None:
    """In a network of its own, or it would change this machine's."""
    script = "from sbc.node.address_map import *; apply({'198.51.100.7': '10.0.0.1'}); print(held_here())"
    confined = [
        "unshare",
        "--net",
        "setpriv",
        "--bounding-set=-all,+net_admin",
        "--no-new-privs",
        "python",
        "-c",
        script,
    ]

    assert node.run(confined, user="root").strip() == "{'198.51.100.7'}"


def test_each_container_stops_soon_when_it_is_told_to(node: ImageNode) -> None:
    node.start("rtpengine", "hook", "kamailio")

    assert [node.stop(part) for part in ("kamailio", "hook", "rtpengine")] == [0, 0, 0]


def test_a_node_that_is_replaced_keeps_its_volume_and_needs_no_new_key(node: ImageNode, api: EnrollingApi) -> None:
    node.start("hook")
    key = (node.volume / "node.key").read_text()
    node.kill()

    node.start("hook")

    assert api.enrolments == 1
    assert (node.volume / "node.key").read_text() == key


def test_certbot_of_the_image_runs_without_rights_and_asks_the_authority(
    sbc_images: dict[str, Image], node: ImageNode
) -> None:
    node.environment |= {
        "PATCHBAY_CERTIFICATE_NAMES": "sip.ring.example",
        "PATCHBAY_CERTIFICATE_EMAIL": "ops@ring.example",
        "PATCHBAY_CERTIFICATE_SERVER": "http://127.0.0.1:9/directory",
    }

    command = certbot_command(node.settings)
    output = node.run(command)

    assert "Requesting 127.0.0.1/directory" in output
    directories = command[command.index("--config-dir") :][:6]
    plugins = node.run(["certbot", "plugins", *directories])
    assert "dns-route53" in plugins


@pytest.mark.parametrize("name", ["sbc", "rtpengine"])
def test_nothing_in_an_image_belongs_to_its_user_or_compiles_or_installs(
    name: str, sbc_images: dict[str, Image], rtpengine_image: Image
) -> None:
    image = sbc_images["sbc"] if name == "sbc" else rtpengine_image

    assert image.stage.user == "patchbay"
    found = [image.root.inside(f"/usr/bin/{tool}").exists() for tool in ("gcc", "cc", "pip", "pip3")]
    assert found == [False] * 4
    ours = [path for path in image.root.inside("/opt/patchbay").rglob("*") if not path.is_symlink()]
    assert len(ours) > 50
    assert [path for path in ours if path.stat().st_uid == USER_ID or path.stat().st_mode & _OTHERS_WRITE] == []
