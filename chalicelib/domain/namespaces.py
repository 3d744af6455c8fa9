"""Namespaces: one DNS label per ISP, part of its tenants' SIP domains and of every login."""

from __future__ import annotations

import re

from chalicelib.domain.sentences import Sentence, say

PLATFORM_NAMESPACE = "platform"  # where platform admins log in; no ISP can have it

_RESERVED = """
    about abuse account accounts admin administrator api app apps assets auth autoconfig autodiscover billing blog cdn
    console default dev docs ftp help hostmaster imap info isp isps local localhost login logout mail media metrics ns
    ns1 ns2 owner patchbay phone platform pop postmaster proxy registrar root sbc security signup sip sips smtp ssl
    stage staging static status stun subscriber support system tenant test tls turn webmaster webrtc www wpad ws wss
"""
RESERVED = frozenset(_RESERVED.split())
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])")


def find_namespace_problem(name: str) -> Sentence | None:
    """What is wrong with it as a new namespace, or None."""
    if not _LABEL.fullmatch(name):
        return say("namespace_form")
    if name[2:4] == "--":
        return say("namespace_punycode")  # RFC 5891 4.2.3.1
    if name in RESERVED:
        return say("namespace_reserved")
    return None
