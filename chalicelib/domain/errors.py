"""Every error a caller of the API can meet: one exception, one catalogue of stable codes (RFC 9457 problems)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Kind(NamedTuple):
    status: int
    title: str


CATALOGUE: dict[str, Kind] = {
    # requests
    "bad_request": Kind(400, "This request can't be understood; see the API's description"),
    "invalid_json": Kind(400, "The body is not valid JSON"),
    "invalid_request": Kind(422, "Some fields are missing or wrong"),
    "unsupported_media_type": Kind(415, "Send application/json"),
    "body_too_large": Kind(413, "The body is too large"),
    "invalid_cursor": Kind(400, "This page cursor is not valid; start again without it"),
    "method_not_allowed": Kind(405, "This method is not supported here"),
    "route_not_found": Kind(404, "There is no such endpoint"),
    "not_found": Kind(404, "There is no such thing, or it isn't yours"),
    "internal_error": Kind(500, "Something failed on our side; the request id helps us find it"),
    "try_again": Kind(503, "Too busy to finish this now; try again"),
    # identity
    "not_authenticated": Kind(401, "Log in first"),
    "token_expired": Kind(401, "The session has expired; refresh it or log in again"),
    "wrong_credentials": Kind(401, "Namespace, e-mail or password is wrong"),
    "too_many_attempts": Kind(429, "Too many failed attempts; wait before the next"),
    "not_allowed": Kind(403, "Your role doesn't allow this"),
    "suspended": Kind(403, "This has been suspended; ask your provider"),
    "last_admin": Kind(409, "An ISP keeps at least one active admin"),
    "own_user": Kind(409, "You can't do this to your own user"),
    "link_invalid": Kind(410, "This link was used, has expired or was never valid; ask for a new one"),
    # versions and uniqueness
    "version_required": Kind(428, "Send the version you edited in If-Match"),
    "version_conflict": Kind(412, "Somebody changed this in the meantime; load it again"),
    "already_exists": Kind(409, "This already exists"),
    "name_taken": Kind(409, "This name is already taken"),
    "in_use": Kind(409, "Something still uses this"),
    "reference_not_found": Kind(422, "Something this refers to doesn't exist"),
    "idempotency_key_reused": Kind(422, "This Idempotency-Key was used for another request"),
    "idempotency_in_progress": Kind(409, "The first request with this Idempotency-Key is still being worked on"),
    "not_restorable": Kind(409, "This can't be restored any more"),
    "limit_reached": Kind(409, "A limit has been reached"),
    # onboarding
    "onboarding_incomplete": Kind(409, "Finish the earlier onboarding steps first"),
    "onboarding_finished": Kind(409, "Onboarding is already finished; log in"),
    "immutable": Kind(409, "This can't be changed any more"),
    # numbers, domains, money
    "domain_not_verified": Kind(409, "Verify the domain first"),
    "txt_record_not_found": Kind(409, "The TXT record was not found yet"),
    "did_not_available": Kind(409, "This number is not free"),
    "deck_invalid": Kind(422, "The deck can't be used as it stands"),
    "currency_mismatch": Kind(409, "The currencies don't agree"),
    # files and jobs
    "upload_missing": Kind(409, "The file has not been sent yet: PUT it to the upload's url first"),
    "import_unreadable": Kind(422, "This is no table that can be read"),
    "import_columns": Kind(422, "The columns of the header are wrong"),
    "import_too_large": Kind(422, "The file has too many rows"),
    "import_invalid": Kind(422, "Some lines are wrong, and nothing was imported"),
    "part_not_found": Kind(404, "No such part for this SBC"),
}


class PatchbayError(Exception):
    """An error with a code of the catalogue, a sentence about this case and, for fields, where each one is wrong."""

    def __init__(self, code: str, detail: str = "", *, errors: Sequence[dict[str, Any]] = (), **extra: Any) -> None:
        super().__init__(detail or CATALOGUE[code].title)
        self.code = code
        self.kind = CATALOGUE[code]
        self.detail = detail
        self.errors = list(errors)
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The RFC 9457 problem document."""
        body: dict[str, Any] = {
            "type": f"urn:patchbay:problem:{self.code}",
            "code": self.code,
            "title": self.kind.title,
            "status": self.kind.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra


def field_error(field: str, message: str, *, code: str = "invalid_request") -> PatchbayError:
    return PatchbayError(code, message, errors=[{"field": field, "message": message}])
