"""The WSGI application: requests become Lambda proxy events for the Chalice app; the consoles' pages are files;
``/dev/mail`` shows the mailbox."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from chalicelib.clients.file_links import PREFIX
from chalicelib.clients.files import DirectoryFiles
from local.front.consoles import Consoles
from local.front.events import HttpRequest, HttpResponse, make_event, make_problem, read_result
from local.front.files import serve_file
from local.front.mailbox import read_mailbox, render_json, render_page
from local.front.routes import RouteTable

BODY_LIMIT = 10 * 1024 * 1024  # API Gateway's
FUNCTION_TIMEOUT_MS = 29_000  # API Gateway waits no longer

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class BodyTooLargeError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """What Chalice and powertools look at in a Lambda context."""

    aws_request_id: str
    function_name: str = "patchbay-local"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:local:000000000000:function:patchbay-local"

    def get_remaining_time_in_millis(self) -> int:
        return FUNCTION_TIMEOUT_MS


class Front:
    def __init__(
        self, app: Any, *, mail: Path, consoles: Consoles | None = None, files: DirectoryFiles | None = None
    ) -> None:
        """``app``: a Chalice app (its routes are read once); ``mail``: the mailbox directory."""
        self._files = files
        self._consoles = consoles
        self._app = app
        self._routes = RouteTable(app.routes)
        self._mail = mail

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            response = self.handle(read_request(environ))
        except BodyTooLargeError:
            response = make_problem(413, "body_too_large", f"A request has at most {BODY_LIMIT} bytes.")
        phrase = HTTPStatus(response.status).phrase
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        start_response(f"{response.status} {phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def handle(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/dev/mail":
            return render_page(read_mailbox(self._mail))
        if request.path == "/dev/mail.json":
            return render_json(read_mailbox(self._mail))
        if self._files and request.path.startswith(PREFIX):
            return serve_file(self._files, request)
        match = self._routes.find_match(request.path)
        page = self._consoles.find(request) if self._consoles and match is None else None
        if page is not None:
            return page
        if match is None:
            return make_problem(404, "not_found", "There is nothing at this address.")
        request_id = secrets.token_hex(16)
        event = make_event(
            request,
            match,
            binary_types=self._app.api.binary_types,
            request_id=request_id,
            host=request.headers.get("host", ""),
        )
        return read_result(self._app(event, FunctionContext(request_id)))


def read_request(environ: Mapping[str, Any]) -> HttpRequest:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    # WSGI hands out the path decoded as Latin-1 (PEP 3333); events carry it as it was sent.
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
    return HttpRequest(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=_read_body(environ["wsgi.input"], environ.get("CONTENT_LENGTH") or ""),
        source_ip=environ.get("REMOTE_ADDR", ""),
    )


def _read_body(stream: BinaryIO, length: str) -> bytes:
    """Without a length (chunked) the stream tells the end; one byte more than allowed is enough to know."""
    wanted = int(length) if length.isdecimal() else BODY_LIMIT + 1
    if length.isdecimal() and wanted > BODY_LIMIT:
        raise BodyTooLargeError
    body = stream.read(wanted) if wanted else b""
    if len(body) > BODY_LIMIT:
        raise BodyTooLargeError
    return body
