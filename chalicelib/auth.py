"""Who is asking: identities and the access tokens that carry them (JWT, ES256)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from chalicelib.clients.secrets import token_keys
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage.transaction import Actor

Role = Literal["anybody", "platform_admin", "isp_admin", "tenant_admin", "subscriber", "onboarding", "node"]
ISSUER = "patchbay"


@dataclass(frozen=True, slots=True)
class Identity:
    """A proven caller. What a role has no business with is empty: a platform admin has no ISP."""

    role: Role
    user_id: str
    name: str = ""
    isp_id: str = ""
    tenant_ids: tuple[str, ...] = ()  # of a tenant admin (one or more) and a subscriber (one)
    sbc_id: str = ""
    session_id: str = ""
    acting_for: str = ""  # the ISP user behind a "View" token
    seal_key_id: str = ""  # of a node: which of its SBC's seal keys it has

    def actor(self) -> Actor:
        return Actor(self.user_id, self.name, self.acting_for)


def issue_access_token(identity: Identity, *, now_s: int | None = None, lifetime_s: int | None = None) -> str:
    import jwt

    now = now_s if now_s is not None else int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": identity.user_id,
        "role": identity.role,
        "name": identity.name,
        "isp": identity.isp_id,
        "tenants": list(identity.tenant_ids),
        "sid": identity.session_id,
        "iat": now,
        "exp": now + (lifetime_s or settings().access_token_s),
    }
    if identity.acting_for:
        claims["act"] = {"sub": identity.acting_for}  # RFC 8693 4.1
    key = token_keys()[0]
    return jwt.encode(claims, _private_key(key), algorithm="ES256", headers={"kid": _key_id(key)})


def read_access_token(token: str) -> Identity:
    """Raises ``token_expired`` or ``not_authenticated``."""
    import jwt

    try:
        claims = jwt.decode(
            token,
            _verifying_key(jwt.get_unverified_header(token).get("kid", "")),
            algorithms=["ES256"],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "role"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise PatchbayError("token_expired") from error
    except jwt.InvalidTokenError as error:
        raise PatchbayError("not_authenticated") from error
    return Identity(
        role=claims["role"],
        user_id=claims["sub"],
        name=claims.get("name", ""),
        isp_id=claims.get("isp", ""),
        tenant_ids=tuple(claims.get("tenants", ())),
        session_id=claims.get("sid", ""),
        acting_for=claims.get("act", {}).get("sub", ""),
    )


def identify_node(key: str) -> Identity:
    """The SBC node that holds this key."""
    from chalicelib.storage.sbcs import find_node_key

    found = find_node_key(token_hash(key))
    if found is None:
        raise PatchbayError("not_authenticated")
    return Identity(
        role="node", user_id=found.node, name=found.node, sbc_id=found.sbc_id, seal_key_id=found.seal_key_id
    )


def _verifying_key(key_id: str) -> Any:
    """Raises ``not_authenticated`` if none of the keys has this id."""
    for again in (False, True):  # another process may sign by a newer one
        for key in token_keys(again=again):
            if _key_id(key) == key_id:
                return _private_key(key).public_key()
    raise PatchbayError("not_authenticated")


@cache
def _private_key(key: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(key, password=None)


@cache
def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]
