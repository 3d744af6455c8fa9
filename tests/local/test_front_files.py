"""Signed links at the front: for one file and method, until an instant, and not to be changed."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from chalicelib.chalice_app import PatchbayApp
from chalicelib.clients.file_links import FileLink, open_link, sign_link
from chalicelib.clients.files import DirectoryFiles
from local.front.events import HttpRequest, HttpResponse
from local.front.wsgi import Front

KEY = "uploads/ten_1/upl_1.csv"
SECRET = b"k" * 32
CSV = {"content-type": "text/csv"}


@pytest.fixture
def store(tmp_path: Path) -> DirectoryFiles:
    return DirectoryFiles(str(tmp_path / "files"), secret=SECRET)


@pytest.fixture
def front(tmp_path: Path, store: DirectoryFiles) -> Front:
    return Front(PatchbayApp("tiny", configure_logs=False, env={}), mail=tmp_path, files=store)


def send(front: Front, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> HttpResponse:
    path, _, query = url.partition("?")
    return front.handle(HttpRequest(method, path, query, headers or {}, body, "127.0.0.1"))


def refused(response: HttpResponse) -> bool:
    return response.status == 403 and json.loads(response.body)["code"] == "link_invalid"


def changed(url: str, **values: str) -> str:
    path, _, query = url.partition("?")
    return f"{path}?{urlencode(dict(parse_qsl(query, keep_blank_values=True)) | values)}"


def upload_url(store: DirectoryFiles, size: int = 3) -> str:
    return store.sign_upload(KEY, size=size, media_type="text/csv", lifetime_s=60).url


def test_an_upload_is_taken_and_given_back(front: Front, store: DirectoryFiles) -> None:
    assert send(front, "PUT", upload_url(store), b"a,b", CSV).status == 200

    url = store.sign_download(KEY, filename="a.csv", media_type="text/csv", lifetime_s=60)
    response = send(front, "GET", url)

    headers = dict(response.headers)
    assert (response.status, response.body) == (200, b"a,b")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("body", [b"", b"a,", b"a,bc", b"x" * 100_000])
def test_another_size_than_announced_is_refused(front: Front, store: DirectoryFiles, body: bytes) -> None:
    assert send(front, "PUT", upload_url(store), body, CSV).status == 400
    assert store.find(KEY) is None


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/html"}, {"content-type": "text/csv; charset=x"}])
def test_another_type_than_announced_is_refused(front: Front, store: DirectoryFiles, headers: dict[str, str]) -> None:
    assert send(front, "PUT", upload_url(store), b"a,b", headers).status == 400
    assert store.find(KEY) is None


@pytest.mark.parametrize(
    "values",
    [
        {"expires": "99999999999"},
        {"size": "4"},
        {"size": "-3"},
        {"size": "³"},
        {"type": "text/html"},
        {"name": "evil.html"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "\u00e9"},
        {"extra": "1"},
    ],
)
def test_a_link_that_was_changed_is_refused(front: Front, store: DirectoryFiles, values: dict[str, str]) -> None:
    url = changed(upload_url(store), **values)

    assert refused(send(front, "PUT", url, b"a,b", CSV))
    assert store.find(KEY) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "POST"])
def test_a_link_is_for_one_method(front: Front, store: DirectoryFiles, method: str) -> None:
    store.put(KEY, b"a,b", media_type="text/csv")

    assert refused(send(front, method, upload_url(store)))
    assert store.find(KEY) == b"a,b"


@pytest.mark.parametrize(
    "path",
    [
        "/files/uploads/ten_2/upl_1.csv",
        "/files/../secrets/master-key",
        "/files/..%2fsecrets%2fmaster-key",
        "/files/uploads/..%2f..%2f..%2fsecrets/master-key",
        "/files//etc/passwd",
        "/files/%2fetc%2fpasswd",
        "/files/",
        "/files/uploads/ten_1/upl_1.csv%00",
        "/files/uploads/ten_1/./upl_1.csv",
    ],
)
def test_a_link_leads_to_no_other_file(front: Front, store: DirectoryFiles, tmp_path: Path, path: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "master-key").write_bytes(b"secret")
    query = store.sign_download(KEY, filename="a", media_type="text/csv", lifetime_s=60).partition("?")[2]

    assert refused(send(front, "GET", f"{path}?{query}"))
    assert refused(send(front, "GET", path))


@pytest.mark.parametrize("lifetime_s", [0, -1])
def test_an_expired_link_is_refused(front: Front, store: DirectoryFiles, lifetime_s: int) -> None:
    url = store.sign_upload(KEY, size=3, media_type="text/csv", lifetime_s=lifetime_s).url

    assert refused(send(front, "PUT", url, b"a,b", CSV))


def test_a_link_holds_until_its_instant_and_no_longer() -> None:
    link = FileLink("GET", KEY, expires_at=1000, media_type="text/csv", filename="a.csv")
    path, _, query = sign_link(link, secret=SECRET).partition("?")

    assert open_link("GET", path, query, secret=SECRET, now_s=999.9) == link
    assert open_link("GET", path, query, secret=SECRET, now_s=1000) is None
    assert open_link("GET", path, query, secret=b"other", now_s=0) is None


def test_without_files_the_path_is_nobodys(tmp_path: Path) -> None:
    front = Front(PatchbayApp("tiny", configure_logs=False, env={}), mail=tmp_path)

    assert send(front, "GET", "/files/uploads/a/b.csv").status == 404
