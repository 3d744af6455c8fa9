"""Somebody at a browser: finds things by what is written on them, opens mail, looks at each page from all sides."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.consoles import sides
from tests.local.processes import wait_for
from tests.local.systems import System

PASSWORD = "correct horse battery"


@dataclass
class Visitor:
    page: Page
    system: System
    faults: list[str] = field(default_factory=list)  # of pages that were looked at
    console: str = "/isp"  # where ``open`` begins

    def open(self, path: str) -> None:
        self.page.goto(f"{self.console}{path}")

    def type(self, label: str, text: str, *, within: Locator | None = None) -> None:
        self.field(label, within=within).fill(text)

    def field(self, label: str, *, within: Locator | None = None) -> Locator:
        """The label may carry the star of a needed field."""
        return (
            (within or self.page).get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).locator("visible=true").first
        )

    def choose(self, label: str, option: str, *, within: Locator | None = None) -> None:
        chosen = self.field(label, within=within)
        chosen.click()
        chosen.fill(option)
        self.page.get_by_role("option", name=option, exact=True).first.click()

    def choose_listed(self, label: str, option: str) -> None:
        """From a list too short to be searched."""
        self.field(label).click()
        self.page.get_by_role("option", name=option, exact=True).first.click()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def go(self, name: str) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    @property
    def drawer(self) -> Locator:
        return self.page.get_by_role("dialog")

    def saves(self, name: str = "Create") -> None:
        self.press(name, within=self.drawer)
        expect(self.drawer).to_be_hidden()

    def mailed_link(self, email: str, *, other_than: str = "") -> str:
        """Of the newest mail; waits for it."""
        wait_for(lambda: self._links(email)[:1] not in ([], [other_than]))
        return self._links(email)[0]

    def _links(self, email: str) -> list[str]:
        with urllib.request.urlopen(f"{self.system.settings.http_url}/dev/mail.json", timeout=5) as response:
            mails = json.loads(response.read())["mails"]
        found = [re.search(r"https?://\S+token=[\w-]+", mail["text"]) for mail in mails if mail["to"] == email]
        return [each[0] for each in found if each]

    def picture(self, name: str) -> None:
        """Wide and narrow, and whether anything is cut off; for pages whose structure has been looked at already."""
        for size, viewport in sides.SIZES.items():
            self.page.set_viewport_size(viewport)
            sides.settle(self.page)
            sides.take_picture(self.page, f"{name}-{size}-light")
            self.faults += sides.find_width_faults(self.page, f"{name} {size}")
        self.page.set_viewport_size(sides.SIZES["1440"])

    def look(self, name: str, *, schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")) -> None:
        """Pictures for people, and axe: wide in light and dark, narrow in light; nothing may stick out sideways."""
        for size, shown in (("1440", schemes), ("390", schemes[:1])):
            self.page.set_viewport_size(sides.SIZES[size])
            for scheme in shown:
                sides.set_scheme(self.page, scheme)
                sides.take_picture(self.page, f"{name}-{size}-{scheme}")
                self.faults += sides.find_axe_faults(self.page, f"{name} {size} {scheme}")
            self.faults += sides.find_width_faults(self.page, f"{name} {size}")
        self.page.set_viewport_size(sides.SIZES["1440"])
        sides.set_scheme(self.page, "light")
