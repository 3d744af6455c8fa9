"""What travels between the API and SBC nodes (docs/interfaces.md)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from chalicelib.schemas.common import Body, View

PART_KEY = r"^(sbc|isp|tenant)/[a-z]+_[0-9A-Z]{26}(/[a-z]+(/[0-9]{1,3})?)?$"
CHANGE_ID = r"^(chg_[0-9A-Z]{26})?$"


class PartQuery(BaseModel):
    key: str = Field(pattern=PART_KEY, max_length=100)


class ChangesQuery(BaseModel):
    after: str = Field(default="", pattern=CHANGE_ID)


class ChangeView(View):
    id: str
    key: str


class ChangesView(View):
    changes: list[ChangeView]
    cursor: str


class VersionsView(View):
    versions: dict[str, int]


class AckBody(Body):
    node: str = Field(max_length=64)
    cursor: str = Field(pattern=CHANGE_ID)
