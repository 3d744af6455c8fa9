"""Somebody at the phone console: presses what is written on it, and is asked what is heard in the calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.local.processes import wait_for

EARS = (Path(__file__).parent / "ears.js").read_text()
PATIENCE_MS = 20_000
NEAR_HZ = 6.0  # the page's measure has steps of 3 Hz
LOUD_DB = -50.0
SILENT_DB = -75.0


@dataclass
class WebPhone:
    page: Page
    address: str
    password: str

    def log_in(self) -> None:
        self.page.goto("/phone/")
        self.type_credentials(self.password)
        self.is_ready()

    def type_credentials(self, password: str) -> None:
        self.page.get_by_label("Your SIP address").fill(self.address)
        self.page.get_by_label("Softphone password", exact=False).first.fill(password)
        self.press("Log in")

    def is_ready(self) -> None:
        self.stands("registered")

    def stands(self, connection: str) -> None:
        expect(self.page.locator(".standing")).to_have_attribute("data-connection", connection, timeout=PATIENCE_MS)

    def press(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def call(self, number: str) -> None:
        self.dial_field.fill(number)
        self.panel.get_by_role("button", name="Call", exact=True).click()

    @property
    def dial_field(self) -> Locator:
        return self.page.get_by_role("combobox", name="Name, alias or number")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".panel")

    def line(self, name: str) -> Locator:
        """A call that isn't over."""
        return self.panel.get_by_role("region", name=name, exact=True).and_(self.page.locator(".line:not(.over)"))

    def talks_with(self, name: str) -> Locator:
        line = self.line(name)
        expect(line).to_have_attribute("data-stage", "talking", timeout=PATIENCE_MS)
        return line

    def rings(self, name: str) -> Locator:
        ringing = self.panel.get_by_role("region", name=f"{name} is calling", exact=True)
        expect(ringing).to_be_visible(timeout=PATIENCE_MS)
        return ringing

    def answer(self, name: str) -> None:
        self.press("Answer", within=self.rings(name))

    def hang_up(self, name: str) -> None:
        self.press("Hang up", within=self.line(name))

    def told(self, text: str) -> None:
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible(timeout=PATIENCE_MS)

    def has_no_calls(self) -> None:
        expect(self.panel.locator(".line:not(.over)")).to_have_count(0, timeout=PATIENCE_MS)

    def heard(self) -> dict[str, float]:
        found: dict[str, float] = self.page.evaluate("ears.heard()")
        return found

    def statistics(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate("ears.statistics()")
        return found

    def hears(self, frequency_hz: float) -> None:
        try:
            wait_for(lambda: self._is(frequency_hz), limit_s=20)
        except AssertionError:
            raise AssertionError(
                f"{self.address} doesn't hear {frequency_hz} Hz but {self.heard()} {self.statistics()}"
            ) from None

    def _is(self, frequency_hz: float) -> bool:
        heard = self.heard()
        return abs(heard["hz"] - frequency_hz) <= NEAR_HZ and heard["db"] >= LOUD_DB

    def hears_nothing(self) -> None:
        try:
            wait_for(lambda: self.heard()["db"] < SILENT_DB, limit_s=20)
        except AssertionError:
            raise AssertionError(f"{self.address} still hears {self.heard()}") from None


def open_web_phone(context: BrowserContext, address: str, password: str, *, tone_hz: int = 0) -> WebPhone:
    """Without ``tone_hz`` it speaks what the browser's microphone gives."""
    page = context.new_page()
    page.add_init_script(EARS)
    if tone_hz:
        page.add_init_script(f"ears.speak({tone_hz})")
    return WebPhone(page, address, password)
