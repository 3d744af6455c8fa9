"""Both images, built once for the session in roots of their own, which end with it."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.digest import ha1_md5
from sbc.hook.ha1 import seal_ha1
from tests.conftest import ROOT
from tests.domain.snapshots import SBC_ID, Body, a_subscriber, a_tenant, an_isp, part_bodies
from tests.image.images import Image, build, build_instance
from tests.image.node import ENROLMENT_KEY, ImageNode
from tests.image.root import DebianRoot, make_base
from tests.sbc.fake_api import FakeApi
from tests.sbc.hook_process import SEAL_KEY
from tests.sip.sipp import Lab
from tests.sip.stack import DOMAIN


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DebianRoot]:
    assert os.getuid() == 0, "debootstrap and chroot need root: run these tests as root"
    assert shutil.which("debootstrap"), "the images are built in clean Debian roots: apt-get install debootstrap"
    directory = tmp_path_factory.mktemp("debian")
    yield make_base(directory)
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def sbc_images(base: DebianRoot) -> dict[str, Image]:
    return build(base, ROOT / "sbc/Dockerfile")


@pytest.fixture(scope="session")
def rtpengine_image(base: DebianRoot) -> Image:
    return build(base, ROOT / "sbc/rtpengine/Dockerfile")[""]


@pytest.fixture(scope="session")
def instance(base: DebianRoot, sbc_images: dict[str, Image]) -> Image:
    return build_instance(base, sbc_images["sbc"])


def a_phone(username: str) -> Body:
    ha1 = ha1_md5(username, DOMAIN, f"{username}-sip")
    sealed = seal_ha1(ha1, key=SEAL_KEY, username=username, domain=DOMAIN, nonce=os.urandom(12))
    return a_subscriber(username, sip_ha1=sealed)


class EnrollingApi(FakeApi):
    """Takes one node for its one-time key; ``enrolments`` counts the requests."""

    enrolments = 0

    def _take(self, path: str, body: Body) -> tuple[int, bytes, str]:
        if path != "/v1/sbc/enrol":
            return super()._take(path, body)
        self.enrolments += 1
        if body["key"] != ENROLMENT_KEY or self.enrolments > 1:
            return 410, b'{"code":"enrolment_invalid","title":"No such key"}', ""
        self.node_key = body["node_key"]
        facts = dict.fromkeys(("queue_url", "queue_region", "address", "websocket_url", "public_url"), "")
        facts |= {"sbc_id": SBC_ID, "sbc_name": "west", "node": "a", "platform_domain": "ring.example", "stage": "dev"}
        seal_key = base64.urlsafe_b64encode(SEAL_KEY).decode().rstrip("=")
        return 201, json.dumps({**facts, "node_key": self.node_key, "seal_key": seal_key}).encode(), ""


@pytest.fixture
def api() -> Iterator[EnrollingApi]:
    with EnrollingApi(part_bodies(an_isp(a_tenant(a_phone("alice"), a_phone("bob"), domain=DOMAIN)))) as api:
        yield api


@pytest.fixture
def node(sbc_images: dict[str, Image], rtpengine_image: Image, tmp_path: Path, api: FakeApi) -> Iterator[ImageNode]:
    node = ImageNode(sbc=sbc_images["sbc"], rtpengine=rtpengine_image, directory=tmp_path, api_url=api.url)
    yield node
    node.kill()
    print(node.report())


@pytest.fixture
def plain_node(instance: Image, tmp_path: Path, api: FakeApi) -> Iterator[ImageNode]:
    node = ImageNode(sbc=instance, rtpengine=instance, directory=tmp_path, api_url=api.url)
    yield node
    node.kill()
    print(node.report())


@pytest.fixture
def lab(node: ImageNode, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(sip=f"{node.settings.sip_address}:{node.settings.sip_port}", directory=tmp_path)
    yield lab
    lab.stop()
