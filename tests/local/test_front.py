from __future__ import annotations

import base64
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from chalice import Response

from chalicelib.chalice_app import PatchbayApp
from local.front.events import HttpRequest, HttpResponse
from local.front.routes import RouteTable
from local.front.wsgi import BODY_LIMIT, Front


def make_app() -> PatchbayApp:
    app = PatchbayApp("tiny", configure_logs=False, env={})
    app.api.binary_types.append("audio/wav")

    @app.route("/things")
    def list_things() -> dict[str, Any]:
        query = app.current_request.query_params
        return {"tags": query.getlist("tag") if query else []}

    @app.route("/things/{thing_id}")
    def get_thing(thing_id: str) -> dict[str, Any]:
        return {"id": thing_id}

    @app.route("/things/special")
    def get_special() -> dict[str, Any]:
        return {"id": "the special one"}

    @app.route("/things", methods=["POST"])
    def create_thing() -> Response:
        return Response(app.current_request.json_body, status_code=201, headers={"Set-Cookie": ["a=1", "b=2"]})

    @app.route("/echo", methods=["POST"], content_types=["audio/wav", "application/octet-stream"])
    def echo() -> Response:
        return Response(app.current_request.raw_body, headers={"Content-Type": "audio/wav"})

    return app


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(make_app(), mail=tmp_path)


def send(
    front: Front, method: str, path: str, *, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
) -> HttpResponse:
    return front.handle(HttpRequest(method, path, query, headers or {}, body, "127.0.0.1"))


def header_values(response: HttpResponse, name: str) -> list[str]:
    return [value for found, value in response.headers if found.lower() == name.lower()]


def test_a_dictionary_is_answered_as_json(front: Front) -> None:
    response = send(front, "GET", "/things")

    assert response.status == 200
    assert header_values(response, "content-type") == ["application/json"]
    assert json.loads(response.body) == {"tags": []}


def test_a_repeated_query_parameter_keeps_its_values(front: Front) -> None:
    response = send(front, "GET", "/things", query="tag=a&tag=b%20c&tag=")

    assert json.loads(response.body) == {"tags": ["a", "b c", ""]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/things/x%2Fy", "x/y"), ("/things/special", "the special one"), ("/things/special/", "the special one")],
)
def test_path_parameters_are_decoded_and_literals_come_first(front: Front, path: str, expected: str) -> None:
    assert json.loads(send(front, "GET", path).body) == {"id": expected}


def test_a_literal_branch_that_leads_nowhere_falls_back_to_the_parameter() -> None:
    table = RouteTable(["/a/{x}/c", "/a/b/d"])

    match = table.find_match("/a/b/c")

    assert match is not None
    assert (match.resource, match.parameters) == ("/a/{x}/c", {"x": "b"})


@pytest.mark.parametrize("path", ["/nothing", "/things/a/b", "//"])
def test_an_unknown_path_is_a_problem(front: Front, path: str) -> None:
    response = send(front, "GET", path)

    assert response.status == 404
    assert header_values(response, "content-type") == ["application/problem+json"]
    assert json.loads(response.body)["code"] == "not_found"


def test_a_method_that_a_path_does_not_have_is_left_to_the_app(front: Front) -> None:
    response = send(front, "DELETE", "/things")

    assert response.status == 405


def test_headers_with_several_values_come_as_several_lines(front: Front) -> None:
    response = send(front, "POST", "/things", body=b'{"a": 1}', headers={"content-type": "application/json"})

    assert response.status == 201
    assert header_values(response, "set-cookie") == ["a=1", "b=2"]
    assert json.loads(response.body) == {"a": 1}


def test_binary_bodies_come_and_go_unchanged(front: Front) -> None:
    sound = bytes(range(256))

    response = send(front, "POST", "/echo", body=sound, headers={"content-type": "audio/wav", "accept": "audio/wav"})

    assert response.status == 200
    assert response.body == sound


def test_bytes_that_are_no_text_travel_as_base64_whatever_their_type() -> None:
    seen: list[dict[str, Any]] = []
    app = make_app()

    def remember(event: dict[str, Any], context: Any) -> dict[str, Any]:
        seen.append(event)
        return {"statusCode": 204, "body": ""}

    remember.routes, remember.api = app.routes, app.api  # type: ignore[attr-defined]
    front = Front(remember, mail=Path())

    send(front, "POST", "/things", body=b"\xff\xfe", headers={"content-type": "application/json"})

    assert seen[0]["isBase64Encoded"]
    assert base64.b64decode(seen[0]["body"]) == b"\xff\xfe"


class AnsweredBy:
    """Collects what a WSGI application hands to its server."""

    def __init__(self, front: Front, environ: dict[str, Any]) -> None:
        self.status = ""
        self.headers: dict[str, str] = {}
        self.body = b"".join(front({"REQUEST_METHOD": "GET", "PATH_INFO": "/", **environ}, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


def test_the_wsgi_side_reads_headers_body_and_path() -> None:
    front = Front(make_app(), mail=Path())
    body = b'{"name": "x"}'

    answered = AnsweredBy(
        front,
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/things",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "HTTP_HOST": "localhost",
        },
    )

    assert answered.status == "201 Created"
    assert answered.headers["Content-Length"] == str(len(answered.body))
    assert json.loads(answered.body) == {"name": "x"}


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_ten_megabytes_is_refused_declared_or_chunked(declared: bool) -> None:
    front = Front(make_app(), mail=Path())
    size = BODY_LIMIT + 1
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/things"}
    stream = io.BytesIO() if declared else io.BytesIO(bytes(size))

    answered = AnsweredBy(
        front, {**environ, "wsgi.input": stream, **({"CONTENT_LENGTH": str(size)} if declared else {})}
    )

    assert answered.status == "413 Request Entity Too Large"
    assert json.loads(answered.body)["code"] == "body_too_large"


def test_the_mailbox_shows_the_newest_first_and_escapes_everything(front: Front, tmp_path: Path) -> None:
    old = {"to": "a@example.org", "subject": "Old", "text": "first", "html": "", "sent_at": "2026-01-01T00:00:00Z"}
    new = {**old, "subject": "<script>alert(1)</script>", "sent_at": "2026-01-02T00:00:00Z"}
    (tmp_path / "1.json").write_text(json.dumps(new))
    (tmp_path / "2.json").write_text(json.dumps(old))

    page = send(front, "GET", "/dev/mail")
    listed = json.loads(send(front, "GET", "/dev/mail.json").body)["mails"]

    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body
    assert [mail["subject"] for mail in listed] == [new["subject"], "Old"]


def test_each_thread_sees_its_own_request() -> None:
    app = PatchbayApp("race", configure_logs=False, env={})
    meeting = threading.Barrier(8)

    @app.route("/slow/{name}")
    def slow(name: str) -> dict[str, Any]:
        meeting.wait(timeout=10)
        return {"path": app.current_request.to_dict()["uri_params"]["name"], "context": app.lambda_context is not None}

    front = Front(app, mail=Path())

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: json.loads(send(front, "GET", f"/slow/{n}").body), range(64)))

    assert [answer["path"] for answer in answers] == [str(n) for n in range(64)]
    assert all(answer["context"] for answer in answers)
