"""Chromium once per worker, an SBC with a WebSocket listener per test; a failed test prints what all of them saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from local.phones import write_tone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.page_server import serving_page
from tests.sip.desk_phones import DeskPhones
from tests.sip.ports import free_port
from tests.sip.stack import DOMAIN, Stack, running_stack

MICROPHONE_HZ = 700
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
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
def websocket_settings() -> dict[str, Any]:
    """Of the node; a test module changes them."""
    return {"port": free_port()}


@pytest.fixture
def stack(tmp_path: Path, websocket_settings: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Stack]:
    with running_stack(tmp_path / "run", websocket=websocket_settings) as stack:
        for user in ("alice", "bob", "carol"):
            stack.hook.passwords[f"{user}@{DOMAIN}"] = (f"{user}-sip", f"{user}-softphone")
        yield stack
        if request.node.stash.get(_FAILED, False):
            print(stack.report())


@pytest.fixture
def websocket_url(stack: Stack) -> str:
    return f"ws://{stack.settings.sip_address}:{stack.settings.websocket.port}"


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


@pytest.fixture
def browser_phone(open_phone: Callable[[str], BrowserPhone], websocket_url: str) -> Callable[..., BrowserPhone]:
    """A registered phone: ``browser_phone(user, tone_hz)``."""

    def browser_phone(user: str, tone_hz: int = 0) -> BrowserPhone:
        phone = open_phone(user)
        registration = phone.register(url=websocket_url, tone_hz=tone_hz)
        assert registration.registered, registration
        return phone

    return browser_phone


@pytest.fixture
def desk_phone(stack: Stack, tmp_path: Path) -> Iterator[DeskPhones]:
    phones = DeskPhones(sip=stack.sip, directory=tmp_path)
    yield phones
    phones.stop()
