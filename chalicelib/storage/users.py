"""Users: who logs in to a console, of an ISP or of the platform. A login (namespace and e-mail) leads to one user."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import IspScope, PlatformScope
from chalicelib.storage.transaction import Transaction

ADMINS = "ADMINS"  # the number of an ISP's active admins


class User(Record, discriminator="User"):
    """``password_hash`` is empty until an invitation is accepted. Sessions and links from before ``sessions_from``
    (milliseconds) are void. ``last_login_at``: 0 before the first."""

    isp_id = UnicodeAttribute(default="")
    namespace = UnicodeAttribute()
    email = UnicodeAttribute()
    full_name = UnicodeAttribute()
    role = UnicodeAttribute()
    tenant_ids = JSONAttribute(default=list)
    password_hash = UnicodeAttribute(default="")
    suspended = BooleanAttribute(default=False)
    sessions_from = NumberAttribute(default=0)
    last_login_at = NumberAttribute(default=0)


class Login(Item, discriminator="Login"):
    isp_id = UnicodeAttribute(default="")
    user_id = UnicodeAttribute()


def user_scope(isp_id: str) -> IspScope | PlatformScope:
    return IspScope(isp_id) if isp_id else PlatformScope()


def find_user(isp_id: str, user_id: str) -> User | None:
    return database().find(User, user_scope(isp_id).pk, USER.sk(user_id))


def find_login(namespace: str, email: str) -> Login | None:
    return database().find(Login, keys.login(namespace, email), keys.META)


def set_password(tx: Transaction, user: User, password_hash: str) -> None:
    """Ends all sessions of the user, and the other links to set a password."""
    tx.update(
        user_scope(user.isp_id).pk,
        USER.sk(user.id),
        "SET password_hash = :hash, sessions_from = :now, updated_at = :now ADD version :one",
        condition="version = :version",
        on_conflict=PatchbayError("link_invalid"),
        hash=password_hash,
        now=tx.now_ms,
        one=1,
        version=int(user.version),
    )


def note_login(tx: Transaction, user: User) -> None:
    """Not a change of the record: its version stays."""
    tx.update(user_scope(user.isp_id).pk, USER.sk(user.id), "SET last_login_at = :now", now=tx.now_ms)


def _effects(scope: IspScope | PlatformScope, tx: Transaction, before: User | None, after: User | None) -> None:
    _move_login(tx, before, after)
    if isinstance(scope, PlatformScope):
        return
    _count_admins(tx, scope.isp_id, before, after)
    known = set(before.tenant_ids) if before else set()
    for tenant_id in sorted(set(after.tenant_ids) - known) if after else []:
        tx.check(
            scope.pk,
            keys.tenant_sk(tenant_id),
            on_conflict=field_error("tenant_ids", say("no_such_tenant", tenant=tenant_id), code="reference_not_found"),
        )


def _move_login(tx: Transaction, before: User | None, after: User | None) -> None:
    if before and after and before.email == after.email:
        return
    if before:
        tx.delete(keys.login(before.namespace, before.email), keys.META)
    if after:
        login = Login(pk=keys.login(after.namespace, after.email), sk=keys.META, isp_id=after.isp_id, user_id=after.id)
        tx.put_new(login, on_conflict=field_error("email", say("address_logs_in"), code="name_taken"))


def _count_admins(tx: Transaction, isp_id: str, before: User | None, after: User | None) -> None:
    change = _is_admin(after) - _is_admin(before)
    if change > 0:
        tx.update(keys.isp(isp_id), ADMINS, "ADD admins :change", change=change)
    elif change < 0:
        tx.update(
            keys.isp(isp_id),
            ADMINS,
            "ADD admins :change",
            condition="admins > :one",
            on_conflict=PatchbayError("last_admin"),
            change=change,
            one=1,
        )


def _is_admin(user: User | None) -> int:
    return int(user is not None and user.role == "isp_admin" and not user.suspended)


USER = Noun(
    "user",
    "usr",
    "USER#",
    User,
    effects=_effects,
    index_name=lambda user: user.full_name,
    secrets=frozenset({"password_hash"}),
)
