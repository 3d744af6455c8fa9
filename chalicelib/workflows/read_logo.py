"""A logo as it was sent: small, really of its type, and of a type that can't run anything."""

from __future__ import annotations

import base64
import binascii
import hashlib

from chalicelib.domain.errors import field_error
from chalicelib.domain.images import find_image_type
from chalicelib.domain.sentences import say
from chalicelib.schemas.themes import LOGO_BYTES, LogoBody
from chalicelib.storage.themes import Logo


def read_logo(body: LogoBody | None) -> Logo | None:
    if body is None:
        return None
    try:
        data = base64.b64decode(body.data, validate=True)
    except binascii.Error as error:
        raise field_error("logo.data", say("not_base64")) from error
    if len(data) > LOGO_BYTES:
        raise field_error("logo.data", say("at_most_bytes", n=LOGO_BYTES))
    if find_image_type(data) != body.media_type:
        raise field_error("logo.data", say("not_of_type", media_type=body.media_type))
    return Logo(body.media_type, data)


def logo_hash(logo: Logo | None) -> str:
    return hashlib.sha256(logo.data).hexdigest()[:16] if logo else ""
