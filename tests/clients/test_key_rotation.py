"""Keys are rotated under a running API: what was signed before holds on, what another process signs is understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib.auth import Identity, issue_access_token, read_access_token
from chalicelib.clients import secrets as module
from chalicelib.clients.secrets import (
    FileSecrets,
    Secrets,
    SecretsManager,
    cursor_keys,
    make_random_key,
    make_token_key,
    token_keys,
)
from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.cursor import open_cursor, seal

ANN = Identity(role="isp_admin", user_id="usr_ann", isp_id="isp_a")
Rotate = Callable[[str, bytes], None]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Secrets, Rotate]:
    store = FileSecrets(str(tmp_path / "secrets"))
    return store, store.rotate


@pytest.fixture
def manager() -> Iterator[tuple[Secrets, Rotate]]:
    with mock_aws():
        client = boto3.client(
            "secretsmanager", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
        )
        prefix = "patchbay/test/"

        def rotate(name: str, value: bytes) -> None:
            client.put_secret_value(SecretId=prefix + name, SecretBinary=value)

        yield SecretsManager(client, prefix=prefix), rotate


@pytest.fixture(params=["files", "manager"])
def rotate(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rotate:
    store, found = request.getfixturevalue(request.param)
    monkeypatch.setattr(module, "secrets", lambda: store)
    monkeypatch.setattr(module, "_rings", {})
    return found


def forget() -> None:
    """What a new process knows."""
    module._rings.clear()


def grow_old(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    older = {
        name: replace(ring, read_at=ring.read_at - seconds, missed_at=ring.missed_at - seconds)
        for name, ring in module._rings.items()
    }
    monkeypatch.setattr(module, "_rings", older)


def test_there_is_one_key_until_it_is_rotated(rotate: Rotate) -> None:
    first = token_keys()
    forget()

    assert len(first) == 1
    assert token_keys() == first


def test_a_token_of_the_key_before_is_still_good(rotate: Rotate) -> None:
    token = issue_access_token(ANN, lifetime_s=60)

    rotate("token-key", make_token_key())
    forget()

    assert read_access_token(token) == ANN
    assert read_access_token(issue_access_token(ANN, lifetime_s=60)) == ANN


def test_a_running_process_understands_what_a_new_one_signs(rotate: Rotate, monkeypatch: pytest.MonkeyPatch) -> None:
    token_keys()
    old = dict(module._rings)
    rotate("token-key", make_token_key())
    forget()
    token = issue_access_token(ANN, lifetime_s=60)
    monkeypatch.setattr(module, "_rings", old)  # read just now, before the rotation

    assert read_access_token(token) == ANN


def test_unknown_keys_dont_make_a_process_read_again_and_again(rotate: Rotate, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = token_keys()
    assert token_keys(again=True) == keys  # read, and nothing new was there
    new = make_token_key()
    rotate("token-key", new)

    assert token_keys(again=True) == keys
    grow_old(monkeypatch, module.SOONEST_S)
    assert token_keys(again=True) == (new, *keys)


def test_a_running_process_signs_by_the_new_key_after_a_while(rotate: Rotate, monkeypatch: pytest.MonkeyPatch) -> None:
    before = token_keys()
    new = make_token_key()
    rotate("token-key", new)

    assert token_keys() == before
    grow_old(monkeypatch, module.READ_AGAIN_S)
    assert token_keys() == (new, *before)


def test_a_token_of_two_keys_ago_is_refused(rotate: Rotate) -> None:
    token = issue_access_token(ANN, lifetime_s=60)
    rotate("token-key", make_token_key())
    rotate("token-key", make_token_key())
    forget()

    with pytest.raises(PatchbayError) as refused:
        read_access_token(token)
    assert refused.value.code == "not_authenticated"


def test_a_cursor_of_the_key_before_goes_on(rotate: Rotate) -> None:
    cursor = seal({"PK": "a"}, secret=cursor_keys()[0], purpose="list")

    rotate("cursor-key", make_random_key())
    forget()

    assert open_cursor(cursor, secrets=lambda again: cursor_keys(again=again), purpose="list") == {"PK": "a"}
    with pytest.raises(PatchbayError):
        open_cursor(cursor, secrets=lambda again: cursor_keys(again=again), purpose="another")
