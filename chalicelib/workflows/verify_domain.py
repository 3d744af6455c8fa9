"""Proof of control over a domain: a TXT record that only its owner can publish."""

from __future__ import annotations

import secrets
import time

from chalicelib.clients.dns import Dns, dns
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.settings import settings
from chalicelib.storage.domains import DOMAIN, Domain, mark_verified
from chalicelib.storage.records import create_record, get_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor

TOKEN_BYTES = 20


def txt_name(domain: str) -> str:
    return f"_patchbay.{domain}"


def txt_value(token: str) -> str:
    return f"patchbay-verification={token}"


def add_domain(scope: IspScope, domain: str, *, actor: Actor) -> Domain:
    if f".{domain}".endswith(f".{settings().platform_domain}"):
        raise field_error("domain", say("platform_domain_not_added"))
    values = {"domain": domain, "token": secrets.token_urlsafe(TOKEN_BYTES)}
    return create_record(scope, DOMAIN, values, actor=actor)


def verify_domain(scope: IspScope, domain_id: str, *, actor: Actor, resolver: Dns | None = None) -> Domain:
    """Raises ``txt_record_not_found``, or ``name_taken`` when another ISP has proven control before."""
    domain = get_record(scope, DOMAIN, domain_id)
    if domain.verified_at:
        return domain
    wanted, name = txt_value(domain.token), txt_name(domain.domain)
    if wanted not in (text.strip() for text in (resolver or dns()).find_txt(name)):
        raise PatchbayError("txt_record_not_found", say("no_txt_record", name=name, value=wanted))
    return mark_verified(scope, domain, now_ms=time.time_ns() // 1_000_000, actor=actor)
