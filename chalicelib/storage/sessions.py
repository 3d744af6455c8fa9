"""Sessions: one per login, kept alive by a refresh token that is good for one use.

The token is ``<session id>.<secret>``. A secret other than the newest means that two parties hold the session, the
owner and a thief, and nobody can tell which is which: the session ends.
"""

from __future__ import annotations

import secrets

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

NOBODY = "nobody"


class Session(Item, discriminator="Session"):
    """Of a user, or of a subscriber (with ``tenant_id``, and ``credential`` for the password it began with)."""

    session_id = UnicodeAttribute()
    isp_id = UnicodeAttribute(default="")
    tenant_id = UnicodeAttribute(default="")
    user_id = UnicodeAttribute()
    credential = UnicodeAttribute(default="")
    secret_hash = UnicodeAttribute()
    started_at = NumberAttribute()
    expires_at = NumberAttribute()  # seconds


def start_session(
    tx: Transaction, *, isp_id: str, user_id: str, tenant_id: str = "", credential: str = ""
) -> tuple[str, str]:
    """The session's id and its first refresh token."""
    session_id, secret = tx.new_id("ses"), _new_secret()
    expires_at = tx.now_ms // 1000 + settings().refresh_token_s
    tx.put_new(
        Session(
            pk=keys.session(session_id),
            sk=keys.META,
            session_id=session_id,
            isp_id=isp_id,
            tenant_id=tenant_id,
            user_id=user_id,
            credential=credential,
            secret_hash=token_hash(secret),
            started_at=tx.now_ms,
            expires_at=expires_at,
            ttl=expires_at,
        )
    )
    return session_id, f"{session_id}.{secret}"


def find_session(session_id: str) -> Session | None:
    return database().find(Session, keys.session(session_id or NOBODY), keys.META)


def get_session(refresh_token: str, *, now_s: int) -> Session:
    """The session this token is the newest of. Raises ``not_authenticated`` (and ends the session if the token was
    used before) or ``token_expired``."""
    session_id, _, secret = refresh_token.partition(".")
    found = find_session(session_id)
    if found is None:
        raise PatchbayError("not_authenticated")
    if not secrets.compare_digest(found.secret_hash, token_hash(secret)):
        end_session(session_id)
        raise PatchbayError("not_authenticated")
    if int(found.expires_at) <= now_s:
        raise PatchbayError("token_expired")
    return found


def renew_session(session: Session, *, now_s: int) -> str:
    """The next refresh token; the credential is stored as it is here. Of two uses at once one gets here second, and
    that is a use too many."""
    secret, second = _new_secret(), PatchbayError("not_authenticated")
    tx = Transaction()
    tx.update(
        keys.session(session.session_id),
        keys.META,
        "SET secret_hash = :new, credential = :credential, expires_at = :expires_at, #ttl = :expires_at",
        condition="secret_hash = :old",
        on_conflict=second,
        names={"#ttl": "ttl"},
        new=token_hash(secret),
        credential=session.credential,
        old=session.secret_hash,
        expires_at=now_s + settings().refresh_token_s,
    )
    try:
        tx.commit()
    except PatchbayError as error:
        if error is second:  # not for a database that is too busy: the token is good still
            end_session(session.session_id)
        raise
    return f"{session.session_id}.{secret}"


def end_session(session_id: str) -> None:
    tx = Transaction()
    tx.delete(keys.session(session_id), keys.META)
    tx.commit()


def _new_secret() -> str:
    return secrets.token_urlsafe(32)
