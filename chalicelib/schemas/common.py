"""What every body and view is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from chalicelib.domain.sentences import SentenceError, say

CONTROL = r"^[^\x00-\x1f\x7f]*$"

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=CONTROL, strip_whitespace=True)]
ShortText = Annotated[str, StringConstraints(max_length=100, pattern=CONTROL)]
LongText = Annotated[str, StringConstraints(max_length=2000)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z]+_[0-9A-Z]{26}$")]
OptionalId = Annotated[str, StringConstraints(max_length=64, pattern=r"^([a-z]+_[0-9A-Z]{26})?$")]
E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{5,14}$")]
OptionalE164 = Annotated[str, StringConstraints(pattern=r"^(\+[1-9][0-9]{5,14})?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
# One plain ASCII address (RFC 5321 4.1.2, no quoted local parts), in lower case: it goes into mail headers and keys
LoginEmail = Annotated[
    str,
    StringConstraints(
        max_length=254, pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
    ),
    AfterValidator(str.lower),
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Micros = Annotated[int, Field(ge=0, le=10**15)]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_instant(value: Any) -> int:
    """Milliseconds since 1970. Raises ``SentenceError``."""
    if isinstance(value, str):
        try:
            return (datetime.fromisoformat(value) - EPOCH) // timedelta(milliseconds=1)
        except (ValueError, TypeError):  # TypeError: without an offset
            pass
    raise SentenceError(say("instant_form"))


def rfc3339(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Stored in milliseconds, shown as RFC 3339
Instant = Annotated[
    int | float,
    PlainSerializer(lambda ms: rfc3339(int(ms)), return_type=str),
    Field(json_schema_extra={"type": "string", "format": "date-time"}),
]


# Sent as RFC 3339 text with its offset, held in milliseconds, dumped as text again
InstantText = Annotated[
    int,
    BeforeValidator(read_instant),
    PlainSerializer(lambda ms: rfc3339(int(ms)), return_type=str),
    Field(ge=0, json_schema_extra={"type": "string", "format": "date-time"}),
]


class Body(BaseModel):
    """What a caller sends: strict (``true`` is no number, ``"1"`` neither) and closed to unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


# For what was written by another release, which may know more fields: they are read past (docs/adr/0009-migrations.md).
LENIENT = ConfigDict(extra="ignore")


class View(BaseModel):
    """What a caller gets, read from a stored record's attributes."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class RecordView(View):
    id: str
    version: int
    created_at: Instant
    updated_at: Instant


class PageQuery(BaseModel):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=2000)
    search: str = Field(default="", max_length=100, description="The beginning of the name; in small or large letters")


ViewT = TypeVar("ViewT", bound=BaseModel)


class Page(BaseModel, Generic[ViewT]):
    """``next_cursor`` is null on the last page. A filtered page may be short, and still not be the last."""

    items: list[ViewT]
    next_cursor: str | None = None
