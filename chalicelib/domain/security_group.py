"""Calling rights: the PSTN is denied unless a prefix of the security group allows it."""

from __future__ import annotations

from chalicelib.domain.parts import SecurityGroup


def allowed_by(group: SecurityGroup | None, number: str) -> str | None:
    """The longest prefix of the group that the E.164 number begins with, or None: denied."""
    if group is None:
        return None
    for end in range(len(number), 0, -1):
        prefix = number[:end]
        if prefix in group.prefixes:
            return prefix
    return None
