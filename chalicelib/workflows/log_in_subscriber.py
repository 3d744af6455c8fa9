"""A subscriber logs in to the phone console with ``user@domain`` and the softphone password."""

from __future__ import annotations

import hmac

from chalicelib.auth import Identity
from chalicelib.clients.master_keys import master_keys
from chalicelib.clients.seal import open_at_rest, seal_at_rest
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, give_back, take_attempt
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.isps import find_isp
from chalicelib.storage.records import find_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.sessions import start_session
from chalicelib.storage.subscriber_logins import SubscriberLogin, find_subscriber_login
from chalicelib.storage.subscribers import Subscriber
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.issue_tokens import Tokens, make_tokens


def log_in_subscriber(*, username: str, domain: str, password: str, source_ip: str) -> Tokens:
    limits = [
        Limit(f"subscriber-login:{username}@{domain}".lower(), settings().login_attempts),
        Limit(f"login-source:{source_ip}", settings().source_attempts),
    ]
    take_attempt(limits)
    found = find_subscriber_login(username, domain)
    if found is None or not _is_password(found, password):
        raise PatchbayError("wrong_credentials")
    tx = Transaction()
    give_back(tx, limits)
    try:
        check_subscriber_active(found)
    except PatchbayError:
        tx.commit()
        raise
    subscriber, tenant_id = found.subscriber, found.tenant.id
    session_id, refresh_token = start_session(
        tx,
        isp_id=found.isp_id,
        user_id=subscriber.id,
        tenant_id=tenant_id,
        credential=credential_of(subscriber),
    )
    tx.commit()
    return make_tokens(subscriber_identity(found, session_id), refresh_token)


def check_subscriber_active(login: SubscriberLogin) -> None:
    customer = find_record(IspScope(login.isp_id), CUSTOMER, login.tenant.customer_id)
    levels = (login.subscriber, login.tenant, customer, find_isp(login.isp_id))
    if any(level is not None and level.suspended for level in levels):
        raise PatchbayError("suspended")


def subscriber_identity(login: SubscriberLogin, session_id: str) -> Identity:
    subscriber = login.subscriber
    return Identity(
        role="subscriber",
        user_id=subscriber.id,
        name=subscriber.name or subscriber.username,
        isp_id=login.isp_id,
        tenant_ids=(login.tenant.id,),
        session_id=session_id,
    )


def credential_of(subscriber: Subscriber) -> str:
    """Changes with the softphone password, and ends the sessions that were begun with the old one."""
    return token_hash(subscriber.softphone_ha1)


def is_credential(credential: str, subscriber: Subscriber, domain: str) -> bool:
    """Whether the softphone password is the one of ``credential``. It is a hash of what was stored, which is another
    text, of the same HA1, once that is sealed with another master key."""
    if credential == credential_of(subscriber):
        return True
    ha1 = open_at_rest(subscriber.softphone_ha1, subscriber.username, domain)
    sealed = (seal_at_rest(ha1, subscriber.username, domain, key=key) for key in master_keys().ring().keys)
    return any(hmac.compare_digest(credential, token_hash(one)) for one in sealed)


def _is_password(login: SubscriberLogin, password: str) -> bool:
    username, domain = login.subscriber.username, login.tenant.domain
    known = open_at_rest(login.subscriber.softphone_ha1, username, domain)
    return hmac.compare_digest(known, ha1_md5(username, domain, password))
