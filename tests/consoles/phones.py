"""Fixtures of the phone console's tests: a tenant with people, and browsers that they sit at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext

from local.demo.state import Demo
from tests.consoles.conftest import Watch
from tests.consoles.phone_world import phone_world
from tests.consoles.web_phone import WebPhone, open_web_phone
from tests.local.systems import System


@pytest.fixture(scope="module")
def world(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with phone_world(system, tmp_path_factory.mktemp("phones")) as world:
        yield world


@dataclass
class Desks:
    """Each browser of its own: cookies, storage and locks are nobody else's."""

    world: Demo
    chromium: Browser
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)

    def context(self, *, locale: str = "en-GB", microphone: bool = True) -> BrowserContext:
        context = self.chromium.new_context(
            base_url=self.world.settings.http_url,
            locale=locale,
            permissions=["microphone"] if microphone else [],
            viewport={"width": 1440, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        self.watch.follow(context)
        self.contexts.append(context)
        return context

    def phone(self, username: str, *, tone_hz: int = 0, context: BrowserContext | None = None) -> WebPhone:
        """Not logged in yet."""
        address = f"{username}@{self.world.domain}"
        password = self.world.people[username].softphone_password
        return open_web_phone(context or self.context(), address, password, tone_hz=tone_hz)

    def __call__(self, username: str, *, tone_hz: int = 0) -> WebPhone:
        phone = self.phone(username, tone_hz=tone_hz)
        phone.log_in()
        return phone


@pytest.fixture
def at_desk(world: Demo, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Desks]:
    """``at_desk("alice")``: her phone in a browser, registered. No page may break its policy or ask a stranger."""
    watch = Watch(world.settings.http_url)
    desks = Desks(world, chromium, watch)
    yield desks
    for context in desks.contexts:
        context.close()
    watch.check()


MakeWebPhone = Callable[..., WebPhone]
