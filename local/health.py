"""Questions that only a working program answers, and waiting until it does."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from sbc.node.health import Check, HttpCheck, RtpengineCheck, SipCheck

__all__ = ["AnswersHttp", "Check", "HttpCheck", "RtpengineCheck", "SipCheck", "wait_until_healthy"]

_ANSWER_S = 1.0
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class AnswersHttp:
    """Any HTTP answer at all, for servers without a health resource."""

    url: str

    def __call__(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=_ANSWER_S):  # noqa: S310 (our own http:// URL)
                return True
        except urllib.error.HTTPError:
            return True
        except (OSError, http.client.HTTPException):
            return False


def wait_until_healthy(checks: Mapping[str, Check], *, limit_s: float, alive: Check = lambda: True) -> list[str]:
    """Asks until every check has passed once, the limit has run out or ``alive`` is false: the names that never did."""
    deadline = time.monotonic() + limit_s
    waiting = dict(checks)
    while True:
        waiting = {name: check for name, check in waiting.items() if not check()}
        if not waiting or time.monotonic() > deadline or not alive():
            return list(waiting)
        time.sleep(_PAUSE_S)
