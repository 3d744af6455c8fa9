"""Keys are rotated on AWS with the operator's rights, under moto, and on a database of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.clients.secrets import SecretMovedError
from chalicelib.domain.key_ring import FIRST, named_key, read_ring
from chalicelib.storage.migrations import migration_states
from chalicelib.storage.sealed import all_sealed
from infra import rotate_key
from infra.rotate_key import ManagedSecrets, main, rotate_edge_key
from tests.golden.release import forget_settings
from tests.golden.rotating import own_world
from tests.world import TenantWorld

REGION = "us-east-1"
HEADER = "x-patchbay-edge"


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name=REGION)


@pytest.fixture
def store(manager: Any) -> ManagedSecrets:
    return ManagedSecrets(manager, prefix="patchbay/dev/")


def stages(manager: Any, name: str) -> list[list[str]]:
    found = manager.describe_secret(SecretId=f"patchbay/dev/{name}")["VersionIdsToStages"].values()
    return sorted(sorted(one) for one in found if one)


def test_a_secret_is_replaced_only_while_it_is_the_one_that_was_read(store: ManagedSecrets, manager: Any) -> None:
    store.put_new("master-key", b"first")

    store.replace("master-key", b"first", b"second")
    with pytest.raises(SecretMovedError):
        store.replace("master-key", b"first", b"third")

    assert store.find("master-key") == b"second"
    assert store.find_previous("master-key") == b"first"
    assert stages(manager, "master-key") == [["AWSCURRENT"], ["AWSPREVIOUS"]]


class Overtaken:
    """The client, with somebody who replaces the secret between reading and writing."""

    def __init__(self, client: Any) -> None:
        self.client, self.exceptions = client, client.exceptions

    def put_secret_value(self, **given: Any) -> Any:
        made = self.client.put_secret_value(**given)
        self.client.put_secret_value(SecretId=given["SecretId"], SecretBinary=b"of somebody else")
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


def test_of_two_who_replace_a_secret_at_once_one_is_refused(store: ManagedSecrets, manager: Any) -> None:
    store.put_new("master-key", b"first")
    late = ManagedSecrets(Overtaken(manager), prefix="patchbay/dev/")

    with pytest.raises(SecretMovedError):
        late.replace("master-key", b"first", b"second")

    assert store.find("master-key") == b"of somebody else"
    assert stages(manager, "master-key") == [["AWSCURRENT"], ["AWSPREVIOUS"]]


@pytest.mark.parametrize("name", ["token-key", "cursor-key"])
def test_a_key_that_signs_is_new_and_the_one_before_is_kept(store: ManagedSecrets, name: str) -> None:
    store.put_new(name, b"first")

    assert main(["dev", name, "--region", REGION]) == 0

    assert store.find_previous(name) == b"first"
    assert store.find(name) not in {None, b"first"}
    with pytest.raises(SystemExit):
        main(["dev", name, "--check"])


def a_distribution(cloudfront: Any, value: str) -> str:
    headers = {"Quantity": 1, "Items": [{"HeaderName": HEADER, "HeaderValue": value}]}
    https = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    origins = [
        {"Id": "api", "DomainName": "api.example.com", "CustomHeaders": headers, "CustomOriginConfig": https},
        {"Id": "consoles", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}},
    ]
    behaviour = {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only", "MinTTL": 0,
                 "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}  # fmt: skip
    config = {"CallerReference": "x", "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour,
              "Origins": {"Quantity": 2, "Items": origins}}  # fmt: skip
    made: str = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    return made


def sent_by(cloudfront: Any, distribution: str) -> list[str]:
    config = cloudfront.get_distribution_config(Id=distribution)["DistributionConfig"]
    return [
        header["HeaderValue"]
        for origin in config["Origins"]["Items"]
        for header in origin.get("CustomHeaders", {}).get("Items", [])
    ]


def test_a_new_edge_key_is_told_to_cloudfront_and_the_one_before_holds(store: ManagedSecrets, manager: Any) -> None:
    cloudfront = boto3.client("cloudfront", region_name=REGION)
    manager.create_secret(Name="patchbay/dev/edge-key", SecretString="first")
    distribution = a_distribution(cloudfront, "first")

    assert rotate_edge_key(store, cloudfront, distribution, header=HEADER)

    [sent] = sent_by(cloudfront, distribution)
    assert (store.find("edge-key"), store.find_previous("edge-key")) == (sent.encode(), b"first")
    assert len(sent) == 48


def test_an_edge_key_that_cloudfront_was_never_told_is_told_and_no_further_one_made(
    store: ManagedSecrets, manager: Any
) -> None:
    cloudfront = boto3.client("cloudfront", region_name=REGION)
    manager.create_secret(Name="patchbay/dev/edge-key", SecretString="first")
    distribution = a_distribution(cloudfront, "first")
    store.rotate("edge-key", SecretString="second")  # and then the run died

    assert not rotate_edge_key(store, cloudfront, distribution, header=HEADER)

    assert sent_by(cloudfront, distribution) == ["second"]
    assert store.find_previous("edge-key") == b"first"


def test_a_distribution_of_something_else_is_left_alone(store: ManagedSecrets, manager: Any) -> None:
    cloudfront = boto3.client("cloudfront", region_name=REGION)
    manager.create_secret(Name="patchbay/dev/edge-key", SecretString="first")
    distribution = a_distribution(cloudfront, "first")

    with pytest.raises(LookupError):
        rotate_edge_key(store, cloudfront, distribution, header="x-another")

    assert store.find("edge-key") == b"first"


@pytest.fixture
def embedded(manager: Any) -> ManagedSecrets:
    return ManagedSecrets(manager, prefix="patchbay/embedded/")


@pytest.fixture
def world(tmp_path: Path, manager: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[TenantWorld]:
    """Secrets in Secrets Manager, as of a stage named ``embedded``, since its table is on this machine."""
    monkeypatch.setenv("PATCHBAY_SECRETS_ADAPTER", "secretsmanager")
    monkeypatch.setattr(rotate_key, "take_settings", lambda _stage, _region: {})
    with own_world(tmp_path) as found:
        yield found


def test_the_master_key_of_a_stage_is_rotated_checked_and_not_dropped_too_early(
    world: TenantWorld, embedded: ManagedSecrets, capsys: pytest.CaptureFixture[str]
) -> None:
    world.admin.post(f"{world.path}/subscribers", {"username": "ann"}).expect(201)
    first = embedded.find("master-key")
    assert first is not None
    assert main(["embedded", "master-key", "--dry-run"]) == 0
    assert embedded.find("master-key") == first

    assert main(["embedded", "master-key"]) == 0
    ring = read_ring(embedded.find("master-key") or b"")
    capsys.readouterr()
    checked = main(["embedded", "master-key", "--check"])
    told = capsys.readouterr().out
    dropped = main(["embedded", "master-key", "--drop", "first"])

    assert [key.secret for key in ring.keys] == [first, ring.newest.secret]
    assert (checked, dropped) == (1, 1)
    assert "first: in use; 1 node, 1 subscriber sealed with it" in told
    assert f"{ring.newest.id}: not in use yet since" not in told
    assert f"{ring.newest.id}: not in use yet, from" in told
    assert "first stays: 1 node, 1 subscriber sealed with it; answers kept" in told
    assert migration_states()[3].state == "pending"
    assert read_ring(embedded.find("master-key") or b"") == ring


def test_two_commands_at_once_add_one_key(world: TenantWorld, embedded: ManagedSecrets) -> None:
    """Whichever is later finds a key that isn't in use yet, or is refused."""
    world.admin.post(f"{world.path}/subscribers", {"username": "ann"}).expect(201)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(main(["embedded", "master-key"]))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(found) == 2  # none died
    assert 0 in found
    forget_settings()
    assert len(read_ring(embedded.find("master-key") or b"").keys) == 2
    assert {named_key(one.sip_ha1)[0] for _, one, _ in all_sealed()} == {FIRST}
