"""Chromium once per module, an SBC with a WebSocket listener per test; a failed test prints what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browser_phone import BrowserPhone
from tests.browser.chromium import chromium, context, open_phone, page_url  # noqa: F401 (fixtures)
from tests.ports import free_port
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import DOMAIN, Stack, running_stack

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


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
def browser_phone(open_phone: Callable[[str], BrowserPhone], websocket_url: str) -> Callable[..., BrowserPhone]:  # noqa: F811 (the fixture)
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
