"""A one-time key with which a machine becomes a node."""

from __future__ import annotations

from chalicelib.settings import settings
from chalicelib.storage.enrolments import NewEnrolment, put_enrolment
from chalicelib.storage.sbcs import find_node, node_exists
from chalicelib.storage.transaction import Actor


def create_enrolment(sbc_id: str, name: str, *, replace: bool, actor: Actor) -> NewEnrolment:
    """Refused at once, not when the machine boots, if there is such a node and it isn't to be replaced."""
    if not replace and find_node(sbc_id, name) is not None:
        raise node_exists(name)
    return put_enrolment(sbc_id, name, replace=replace, lifetime_s=settings().enrolment_s, actor=actor)
