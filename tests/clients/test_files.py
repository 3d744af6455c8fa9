"""Both stores of files, held to one contract: by their own calls, and by the links that they sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.clients.files import DirectoryFiles, Files, S3Files, s3_client
from chalicelib.domain.errors import PatchbayError
from chalicelib.settings import SettingsError, settings
from local.front.events import HttpRequest
from local.front.files import serve_file

KEY = "uploads/ten_1/upl_1.csv"
BUCKET = "patchbay-files"
CONTENT = "username;name\nzoë;Zoë\n".encode()

Send = Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]


@dataclass(frozen=True)
class Harness:
    store: Files
    send: Send


@pytest.fixture
def directory(tmp_path: Path) -> Harness:
    store = DirectoryFiles(str(tmp_path / "files"), secret=b"s" * 32)

    def send(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        path, _, query = url.partition("?")
        lower = {name.lower(): value for name, value in headers.items()}
        answer = serve_file(store, HttpRequest(method, path, query, lower, body, "127.0.0.1"))
        return answer.status, {name.lower(): value for name, value in answer.headers}, answer.body

    return Harness(store, send)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = s3_client("sa-east-1")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "sa-east-1"})

        def send(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
            answer = requests.request(method, url, headers=headers, data=body, timeout=10)
            return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content

        yield Harness(S3Files(client, bucket=BUCKET), send)


@pytest.fixture(params=["directory", "s3"])
def harness(request: pytest.FixtureRequest) -> Harness:
    found: Harness = request.getfixturevalue(request.param)
    return found


def test_what_was_put_is_found_until_it_is_deleted(harness: Harness) -> None:
    store = harness.store
    assert (store.find(KEY), store.find_size(KEY)) == (None, None)

    store.put(KEY, b"old", media_type="text/csv")
    store.put(KEY, CONTENT, media_type="text/csv")

    assert (store.find(KEY), store.find_size(KEY)) == (CONTENT, len(CONTENT))
    store.delete(KEY)
    store.delete(KEY)
    assert (store.find(KEY), store.find_size(KEY)) == (None, None)


def test_a_signed_upload_stores_the_file(harness: Harness) -> None:
    signed = harness.store.sign_upload(KEY, size=len(CONTENT), media_type="text/csv", lifetime_s=60)

    status, _, _ = harness.send(signed.method, signed.url, signed.headers, CONTENT)

    assert status == 200
    assert harness.store.find(KEY) == CONTENT


def test_a_signed_download_is_saved_and_not_shown(harness: Harness) -> None:
    harness.store.put(KEY, CONTENT, media_type="text/csv")
    url = harness.store.sign_download(KEY, filename="a.csv", media_type="text/csv", lifetime_s=60)

    status, headers, body = harness.send("GET", url, {}, b"")

    assert (status, body) == (200, CONTENT)
    assert headers["content-type"] == "text/csv"
    assert headers["content-disposition"] == 'attachment; filename="a.csv"'
    assert headers["cache-control"] == "no-store"


def test_a_deleted_file_cannot_be_downloaded(harness: Harness) -> None:
    url = harness.store.sign_download(KEY, filename="a.csv", media_type="text/csv", lifetime_s=60)

    assert harness.send("GET", url, {}, b"")[0] in {403, 404}  # S3 says 404 only to who may list the bucket


@pytest.mark.parametrize("key", ["../secret", "uploads/../../secret", "/etc/passwd", "uploads//x", "a/b\x00", "", "a"])
def test_a_key_that_leads_elsewhere_is_refused_by_every_call(harness: Harness, key: str) -> None:
    store = harness.store
    calls: list[Callable[[], object]] = [
        lambda: store.put(key, b"", media_type="text/csv"),
        lambda: store.find(key),
        lambda: store.find_size(key),
        lambda: store.delete(key),
        lambda: store.sign_upload(key, size=1, media_type="text/csv", lifetime_s=60),
        lambda: store.sign_download(key, filename="a", media_type="text/csv", lifetime_s=60),
    ]

    for call in calls:
        with pytest.raises(ValueError, match="no key"):
            call()


def test_s3_signs_the_length_and_the_type(s3: Harness) -> None:
    """What S3 does with a signed header that doesn't fit is S3's to prove: the signature doesn't match (403)."""
    signed = s3.store.sign_upload(KEY, size=17, media_type="text/csv", lifetime_s=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert urlsplit(signed.url).hostname == f"{BUCKET}.s3.sa-east-1.amazonaws.com"
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["60"]


def test_a_store_that_cannot_be_used_says_try_again(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no directory")
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    stub = Stubber(client)
    stub.add_client_error("put_object", "SlowDown", http_status_code=503)
    stub.activate()
    stores: list[Files] = [DirectoryFiles(str(tmp_path / "files"), secret=b""), S3Files(client, bucket=BUCKET)]

    for store in stores:
        with pytest.raises(PatchbayError) as raised:
            store.put(KEY, b"", media_type="text/csv")
        assert raised.value.code == "try_again"


def test_s3_without_a_bucket_fails_at_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHBAY_FILES_ADAPTER", "s3")

    with pytest.raises(SettingsError, match="PATCHBAY_FILES_BUCKET"):
        settings.__wrapped__()


def test_files_of_the_directory_are_for_their_owner_alone(tmp_path: Path) -> None:
    DirectoryFiles(str(tmp_path / "files"), secret=b"").put(KEY, b"x", media_type="text/csv")

    [path] = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_links_lead_to_the_host_that_the_consoles_may_connect_to(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudFormation's ``RegionalDomainName``, which is in the Content-Security-Policy (infra/consoles.py)."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    link = S3Files(s3_client(region), bucket=BUCKET).sign_upload(KEY, size=3, media_type="text/csv", lifetime_s=60)

    assert urlsplit(link.url).netloc == f"{BUCKET}.s3.{region}.amazonaws.com"
