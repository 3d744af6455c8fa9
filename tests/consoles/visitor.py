"""Somebody at a browser: finds things by what is written on them, opens mail, looks at each page from all sides."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from local.settings import ROOT
from tests.local.processes import wait_for
from tests.local.systems import System

SCREENS = ROOT / "build/screens"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Those that run and have an end; a spinner hasn't
FINISH = """Promise.race([
  new Promise(done => setTimeout(done, 2000)),
  Promise.allSettled(document.getAnimations()
    .filter(one => one.playState === 'running' && one.effect.getTiming().iterations !== Infinity)
    .map(one => one.finished)),
])"""
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

    def look(self, name: str, *, schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")) -> None:
        """Pictures for people, and axe: wide in light and dark, narrow in light; nothing may stick out sideways."""
        for size, viewport, shown in (("1440", WIDE, schemes), ("390", PHONE, schemes[:1])):
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for scheme in shown:
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                expect(self.page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
                self._settle()
                self._picture(f"{name}-{size}-{scheme}")
                self._check_axe(f"{name} {size} {scheme}")
            self._check_width(f"{name} {size}")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def _settle(self) -> None:
        """Colours and drawers have stopped moving."""
        expect(self.page.locator(".mantine-Skeleton-root")).to_have_count(0)
        self.page.evaluate(FINISH)

    def _picture(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=Path(SCREENS / f"{name}.png"), full_page=True)

    def _check_axe(self, where: str) -> None:
        found = Axe().run(self.page)
        for rule in found.response["violations"]:
            self.faults += [
                f"{where}: {rule['id']}: {node['html'][:160]} {node['failureSummary']}" for node in rule["nodes"]
            ]

    def _check_width(self, where: str) -> None:
        beyond = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            self.faults.append(f"{where}: {beyond} px stick out")
