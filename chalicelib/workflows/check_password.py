"""A new password that keeps the rules, hashed."""

from __future__ import annotations

import os

from chalicelib.domain.errors import field_error
from chalicelib.domain.passwords import find_password_problem, hash_password


def check_password(password: str, *, email: str, namespace: str = "", field: str = "password") -> str:
    """The hash to store. Raises ``invalid_request`` with the rule that is broken."""
    found = find_password_problem(password, email=email, namespace=namespace)
    if found is not None:
        raise field_error(field, found)
    return hash_password(password, salt=os.urandom(16))
