"""What travels between the API and SBC nodes (docs/interfaces.md)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from chalicelib.schemas.common import Body, View

PART_KEY = r"^(sbc|isp|tenant)/[a-z]+_[0-9A-Z]{26}(/[a-z]+(/[0-9]{1,3})?)?$"
KEY_ID = r"^[a-z0-9]{0,16}$"
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
    seal_keys: list[str] = Field(description="Ids of the SBC's seal keys, newest first; that of the first is empty")
    seal_key: str = Field(description="The one that the parts of the node asking are sealed with")


class SealKeyView(View):
    id: str
    sealed: str = Field(description="Base64url of a nonce of 12 bytes and the AES-256-GCM of the 32 bytes of the key")


class SealKeysView(View):
    keys: list[SealKeyView]


class SealKeyBody(Body):
    id: str = Field(pattern=KEY_ID, description="Of the newest that the node has written to its disk")


class AckBody(Body):
    node: str = Field(max_length=64)
    cursor: str = Field(pattern=CHANGE_ID)
