"""Errors as RFC 9457 problems, in the language of who asks: the application's own and the framework's."""

from __future__ import annotations

import json
from collections.abc import Mapping

from chalice.app import Response

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.language import Language, choose_language

Headers = dict[str, str | list[str]]

PROBLEM = "application/problem+json"
FRAMEWORK_CODES = {404: "route_not_found", 405: "method_not_allowed", 415: "unsupported_media_type"}


def language_of(headers: Mapping[str, str] | None) -> Language:
    found = (value for name, value in (headers or {}).items() if name.lower() == "accept-language")
    return choose_language(next(found, ""))


def written_in(language: Language) -> Headers:
    return {"Content-Language": language, "Vary": "Accept-Language"}


def problem(error: PatchbayError, language: Language) -> Response:
    headers = written_in(language) | {"Content-Type": PROBLEM}
    if error.kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after_s"])
    return Response(json.dumps(error.problem(language)), status_code=error.kind.status, headers=headers)


def as_problem(response: Response, language: Language) -> Response:
    """An error that the framework made itself, in the form of all others."""
    if response.status_code < 400 or response.headers.get("Content-Type") == PROBLEM:
        return response
    fallback = "bad_request" if response.status_code < 500 else "internal_error"
    return problem(PatchbayError(FRAMEWORK_CODES.get(response.status_code, fallback)), language)
