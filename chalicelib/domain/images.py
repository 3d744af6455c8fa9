"""What kind of image some bytes are, by their first ones. SVG is none of them: it can carry scripts."""

from __future__ import annotations

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp")


def find_image_type(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
