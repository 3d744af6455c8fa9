"""Themes: what white label means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.schemas.common import Body
from chalicelib.storage.themes import COLORS

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
LOGO_BYTES = 100 * 1024


class LogoBody(Body):
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    data: str = Field(max_length=LOGO_BYTES * 4 // 3 + 4, description=f"Base64 of at most {LOGO_BYTES} bytes")


class ThemeBody(Body):
    primary_color: Color = COLORS["primary_color"]
    accent_color: Color = COLORS["accent_color"]
    logo: LogoBody | None = Field(default=None, description="Left out: the present one stays; null: none")


class ThemeView(BaseModel):
    version: int
    primary_color: str
    accent_color: str
    logo_url: str | None = Field(description="Below the API's address; changes when the logo does")
