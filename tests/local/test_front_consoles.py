"""The consoles' files as the embedded front serves them; a CDN is told the same by consoles/delivery.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.front.consoles import Consoles
from local.front.events import HttpRequest, HttpResponse
from local.settings import ROOT


@pytest.fixture
def consoles(tmp_path: Path) -> Consoles:
    (tmp_path / "delivery.json").write_text((ROOT / "consoles/delivery.json").read_text())
    files = {"isp/index.html": "<p>isp</p>", "assets/a-1.js": "1", "assets/a-1.css": "a{}"}
    more = {f"{entry}/index.html": f"<p>{entry}</p>" for entry in ("console", "phone")}
    for name, content in (files | more | {"static/phone/phone.webmanifest": "{}"}).items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "secret.txt").write_text("not for anybody")
    return Consoles(tmp_path, websockets=("wss://sbc.example:8443/ws", "ws://127.0.0.1:61105"))


def get(consoles: Consoles, path: str, *, method: str = "GET", **headers: str) -> HttpResponse | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return consoles.find(HttpRequest(method, path, "", named, b"", "127.0.0.1"))


def found(consoles: Consoles, path: str, **options: str) -> tuple[int, dict[str, str], bytes]:
    response = get(consoles, path, **options)
    assert response is not None
    return response.status, dict(response.headers), response.body


@pytest.mark.parametrize("path", ["/isp", "/isp/", "/isp/signup", "/isp/carriers/anything"])
def test_every_path_of_a_console_is_its_page_and_is_asked_for_anew(consoles: Consoles, path: str) -> None:
    status, headers, body = found(consoles, path)

    assert (status, body, headers["Cache-Control"]) == (200, b"<p>isp</p>", "no-cache")
    assert headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_policy_allows_no_inline_script_and_no_stranger(consoles: Consoles) -> None:
    _, headers, _ = found(consoles, "/isp/")

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


def policy_of(headers: dict[str, str]) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))


def test_the_phone_alone_may_speak_to_the_sbcs_and_use_the_microphone(consoles: Consoles) -> None:
    pages = {entry: found(consoles, f"/{entry}/")[1] for entry in ("isp", "console", "phone")}

    assert {entry: policy_of(headers)["connect-src"] for entry, headers in pages.items()} == {
        "isp": "'self'",
        "console": "'self'",
        "phone": "'self' ws://127.0.0.1:61105 wss://sbc.example:8443",
    }
    others = {name: value for name, value in policy_of(pages["phone"]).items() if name != "connect-src"}
    assert others.items() <= policy_of(pages["isp"]).items()
    microphones = {entry: headers["Permissions-Policy"].split("microphone=")[1] for entry, headers in pages.items()}
    assert microphones == {"isp": "()", "console": "()", "phone": "(self)"}


def test_an_address_that_would_change_the_policy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "delivery.json").write_text((ROOT / "consoles/delivery.json").read_text())

    with pytest.raises(ValueError, match="no address of a WebSocket"):
        Consoles(tmp_path, websockets=("https://elsewhere.example",))
    safe = Consoles(tmp_path, websockets=("wss://sbc.example; script-src *",))

    assert "script-src *" not in safe.delivery.headers_of("phone")["Content-Security-Policy"]


def test_files_with_lasting_names_are_kept_for_a_day(consoles: Consoles) -> None:
    status, headers, _ = found(consoles, "/static/phone/phone.webmanifest")

    assert (status, headers["Cache-Control"]) == (200, "public, max-age=86400")
    assert headers["Content-Type"] == "application/manifest+json"


def test_files_whose_names_hold_their_hash_are_kept_for_good(consoles: Consoles) -> None:
    status, headers, body = found(consoles, "/assets/a-1.js")

    assert (status, body) == (200, b"1")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"].startswith("text/javascript")


def test_a_file_that_the_browser_has_isnt_sent_again(consoles: Consoles) -> None:
    _, headers, _ = found(consoles, "/isp/")

    status, _, body = found(consoles, "/isp/", if_none_match=headers["ETag"])

    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/../../secret.txt", "/assets/"])
def test_what_wasnt_built_is_not_found(consoles: Consoles, path: str) -> None:
    status, _, body = found(consoles, path)

    assert (status, json.loads(body)["code"]) == (404, "not_found")


def test_pages_are_only_read(consoles: Consoles) -> None:
    assert found(consoles, "/isp/", method="POST")[0] == 405


def test_the_first_address_leads_to_the_isp_console(consoles: Consoles) -> None:
    status, headers, _ = found(consoles, "/")

    assert (status, headers["Location"]) == (302, "/isp/")


@pytest.mark.parametrize("path", ["/v1/health", "/ispx", "/dev/mail"])
def test_other_paths_are_none_of_the_consoles(consoles: Consoles, path: str) -> None:
    assert get(consoles, path) is None
