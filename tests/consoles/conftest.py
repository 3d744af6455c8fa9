"""One running system, one Chromium, and what every page is watched for: the policy, strangers, errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, sync_playwright

from local.settings import ROOT
from tests.consoles.visitor import Visitor
from tests.local.systems import System, run_system

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    assert (ROOT / "consoles/dist/isp/index.html").exists(), "make install builds the consoles"
    with run_system(tmp_path_factory.mktemp("browser") / "var") as system:
        yield system


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Of one module: Playwright keeps an event loop in this thread, in which other tests can't run theirs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What no page may do."""

    origin: str
    strangers: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.strangers.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.refusals.append(message.text)

    def check(self) -> None:
        assert (self.strangers, self.refusals, self.errors) == ([], [], [])


@pytest.fixture
def visitor(system: System, chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    origin = system.settings.http_url
    # Little motion from the start: a message that fades away while a page is looked at is half visible, and fails
    context = chromium.new_context(
        base_url=origin, locale="en-GB", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    watch = Watch(origin)
    watch.follow(context)
    visitor = Visitor(context.new_page(), system)
    yield visitor
    context.close()
    watch.check()
    assert not visitor.faults, "\n".join(visitor.faults)
