"""Chromium, the test page and phones in it: fixtures for whoever has an SBC."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from local.phones import write_tone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.page_server import serving_page

MICROPHONE_HZ = 700


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Once per module, no longer: Playwright keeps an event loop in this thread, which other tests want for theirs."""
    microphone = tmp_path_factory.mktemp("microphone") / "tone.wav"
    write_tone(microphone, frequency_hz=MICROPHONE_HZ, duration_s=10)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
                "--allow-loopback-in-peer-connection",
                "--autoplay-policy=no-user-gesture-required",
                "--disable-gpu",
                "--disable-background-networking",
                "--ignore-certificate-errors",  # of the test's own making
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_page(tmp_path_factory.mktemp("page")) as url:
        yield url


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(permissions=["microphone"])
    yield context
    context.close()


@pytest.fixture
def open_phone(context: BrowserContext, page_url: str) -> Callable[[str], BrowserPhone]:
    """A phone that isn't registered yet."""

    def open_phone(user: str) -> BrowserPhone:
        page = context.new_page()
        page.goto(page_url)
        return BrowserPhone(page=page, user=user)

    return open_phone
