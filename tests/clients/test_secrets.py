"""Both stores of secrets, held to one contract: the first value put is the one that counts, for every process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.clients.secrets import FileSecrets, Secrets, SecretsManager
from chalicelib.domain.errors import PatchbayError

VALUE = bytes(range(256))  # no text


@dataclass(frozen=True)
class Harness:
    """``open``: the same store, as another process finds it."""

    open: Callable[[], Secrets]


@pytest.fixture
def file(tmp_path: Path) -> Harness:
    return Harness(lambda: FileSecrets(str(tmp_path / "secrets")))


@pytest.fixture
def secretsmanager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield Harness(
            lambda: SecretsManager(boto3.client("secretsmanager", region_name="sa-east-1"), prefix="patchbay/staging/")
        )


@pytest.fixture(params=["file", "secretsmanager"])
def harness(request: pytest.FixtureRequest) -> Harness:
    found: Harness = request.getfixturevalue(request.param)
    return found


def test_a_secret_is_found_by_every_process_once_it_has_been_put(harness: Harness) -> None:
    before = harness.open().find("master-key")

    put = harness.open().put_new("master-key", VALUE)

    assert before is None
    assert put == VALUE
    assert harness.open().find("master-key") == VALUE
    assert harness.open().find("token-key") is None


def test_the_first_value_put_is_the_one_that_counts(harness: Harness) -> None:
    harness.open().put_new("token-key", b"first")

    assert harness.open().put_new("token-key", b"second") == b"first"
    assert harness.open().find("token-key") == b"first"


def test_several_that_put_at_once_agree_on_one_value(file: Harness) -> None:
    """That AWS takes one of several is AWS's to prove: moto has no such thing as at once."""
    stores = [file.open() for _ in range(6)]
    taken: list[bytes] = []
    threads = [
        threading.Thread(target=lambda n=n, store=store: taken.append(store.put_new("cursor-key", b"%d" % n)))  # type: ignore[misc]
        for n, store in enumerate(stores)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == len(stores)
    assert set(taken) == {file.open().find("cursor-key")}


def test_a_store_that_cannot_be_used_says_try_again(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("no directory")
    client = boto3.client("secretsmanager", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    stub = Stubber(client)
    stub.add_client_error("get_secret_value", "InternalServiceError", http_status_code=500)
    stub.add_client_error("create_secret", "LimitExceededException", http_status_code=400)
    stub.activate()
    stores: list[Secrets] = [FileSecrets(str(tmp_path / "secrets")), SecretsManager(client, prefix="")]

    for store in stores:
        for call in (lambda s=store: s.find("master-key"), lambda s=store: s.put_new("master-key", b"x")):
            with pytest.raises(PatchbayError) as raised:
                call()
            assert raised.value.code == "try_again"


def test_a_secret_that_is_being_deleted_is_not_made_anew() -> None:
    """Data sealed with it would be lost for good once the deletion is taken back."""
    client = boto3.client("secretsmanager", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    stub = Stubber(client)
    stub.add_client_error("create_secret", "InvalidRequestException", http_status_code=400)
    stub.activate()

    with pytest.raises(PatchbayError) as raised:
        SecretsManager(client, prefix="").put_new("master-key", b"x")

    assert raised.value.code == "try_again"


def test_stages_in_one_account_share_no_secret(secretsmanager: Harness) -> None:
    secretsmanager.open().put_new("master-key", b"of staging")
    client = boto3.client("secretsmanager", region_name="sa-east-1")

    assert SecretsManager(client, prefix="patchbay/production/").find("master-key") is None
    assert [secret["Name"] for secret in client.list_secrets()["SecretList"]] == ["patchbay/staging/master-key"]


def test_files_of_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    FileSecrets(str(tmp_path / "secrets")).put_new("master-key", b"x")

    [path] = (tmp_path / "secrets").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
