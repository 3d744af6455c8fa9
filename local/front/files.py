"""Files by signed links, as S3 serves them to the deployed system: what was uploaded is never shown or run."""

from __future__ import annotations

from chalicelib.clients.files import DirectoryFiles
from local.front.events import HttpRequest, HttpResponse, make_problem

# Somebody else's content on the consoles' own origin: a browser must save it, whatever it is.
_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
)


def serve_file(files: DirectoryFiles, request: HttpRequest) -> HttpResponse:
    """200 with the file or an empty body; 403: no valid link; 400: another size or type than the link's."""
    link = files.open_link(request.method, request.path, request.query)
    if link is None:
        return make_problem(403, "link_invalid", "This link has expired or was changed; ask for a new one.")
    if link.method == "GET":
        found = files.find(link.key)
        if found is None:
            return make_problem(404, "not_found", "This file has been deleted.")
        disposition = f'attachment; filename="{link.filename}"'
        headers = (*_HEADERS, ("Content-Type", link.media_type), ("Content-Disposition", disposition))
        return HttpResponse(200, headers, found)
    if len(request.body) != link.size:
        return make_problem(400, "bad_request", f"{len(request.body)} bytes; {link.size} were announced.")
    if request.headers.get("content-type", "") != link.media_type:
        return make_problem(400, "bad_request", f"Send it as {link.media_type}, as was announced.")
    files.put(link.key, request.body, media_type=link.media_type)
    return HttpResponse(200, _HEADERS, b"")
