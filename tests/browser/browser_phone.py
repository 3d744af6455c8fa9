"""A browser phone under program control: a page in Chromium with JsSIP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.sip.stack import DOMAIN, wait_until


@dataclass(frozen=True)
class Registration:
    registered: bool
    cause: str
    status: int


@dataclass(frozen=True)
class Heard:
    frequency_hz: float
    level_db: float


@dataclass
class BrowserPhone:
    page: Page
    user: str

    def register(
        self,
        *,
        url: str,
        password: str = "",
        tone_hz: int = 0,
        domain: str = DOMAIN,
        as_if: dict[str, str] | None = None,
    ) -> Registration:
        """Without ``tone_hz`` the phone speaks what the microphone gives; ``as_if``: another phone's settings."""
        options = {
            "user": self.user, "password": password or f"{self.user}-softphone", "domain": domain, "url": url,
            "tone_hz": tone_hz, "as": as_if or {},
        }  # fmt: skip
        return Registration(**self.page.evaluate("options => phone.start(options)", options))

    def call(self, number: str, *, only: str = "") -> None:
        self.page.evaluate("([number, only]) => phone.call(number, only)", [number, only])

    def answer(self) -> None:
        self.wait("session")
        self.page.evaluate("phone.answer()")

    def do(self, name: str, *arguments: str) -> None:
        """``hangUp``, ``hold``, ``resume``, ``press``, ``refer``, ``cut`` (the connection)."""
        self.page.evaluate("([name, list]) => phone[name](...list)", [name, list(arguments)])

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.page.evaluate("phone.events") if event["kind"] == kind]

    def wait(self, kind: str, *, count: int = 1, timeout_s: float = 8.0) -> dict[str, Any]:
        """The ``count``-th event of that kind since the page was opened."""
        try:
            wait_until(lambda: len(self.events(kind)) >= count, what=kind, timeout_s=timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{self.user}: {error}, but {self.page.evaluate('phone.events')}") from None
        return self.events(kind)[count - 1]

    def heard(self) -> Heard:
        return Heard(**self.page.evaluate("phone.heard()"))

    def hears(self, frequency_hz: float, *, within_hz: float = 6.0, level_db: float = -50.0) -> bool:
        """At the moment; the page's measure has steps of 3 Hz."""
        heard = self.heard()
        return abs(heard.frequency_hz - frequency_hz) <= within_hz and heard.level_db >= level_db

    def statistics(self) -> dict[str, Any]:
        """``received``, ``lost`` and ``sent`` packets, ``codec`` received, ``energy`` heard, ``dtls`` state."""
        statistics: dict[str, Any] = self.page.evaluate("phone.statistics()")
        return statistics
