"""Every page of every console in both languages, wide and narrow, light and dark, under three brand colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.demo.isp_steps import login_of
from local.demo.state import Demo
from tests.consoles.demo_world import demo_world
from tests.consoles.tour import Place, Tour, load_words, touring
from tests.local.systems import System

pytestmark = pytest.mark.browser

# Words that are the same in Portuguese, and data: sentences of four words and more are looked at
SENTENCE_WORDS = 4


@pytest.fixture(scope="module")
def world(system: System) -> Iterator[Demo]:
    with demo_world(system) as demo:
        yield demo


def log_in_isp(world: Demo) -> Callable[[Page], None]:
    def enter(page: Page) -> None:
        login = login_of(world.run)
        page.goto("/isp/login")
        fields = page.locator("form input")
        expect(fields).to_have_count(3)
        for field, text in zip(fields.all(), (login["namespace"], login["email"], login["password"]), strict=True):
            field.fill(text)
        page.locator("form button[type=submit]").click()
        expect(page.get_by_role("navigation")).to_be_visible()

    return enter


def view_tenant(world: Demo) -> Callable[[Page], None]:
    def enter(page: Page) -> None:
        log_in_isp(world)(page)
        page.goto(f"/console/view/{world.tenant_id}/")

    return enter


def log_in_phone(world: Demo) -> Callable[[Page], None]:
    def enter(page: Page) -> None:
        alice = world.people["alice"]
        page.goto("/phone/login")
        fields = page.locator("form input")
        expect(fields).to_have_count(2)
        fields.first.fill(f"{alice.username}@{world.domain}")
        fields.last.fill(alice.softphone_password)
        page.locator("form button[type=submit]").click()
        expect(page.locator('[data-connection="registered"]')).to_be_visible()

    return enter


def tour(chromium: Browser, world: Demo, console: str, enter: Callable[[Page], None], outside: tuple[str, ...]) -> None:
    """``outside``: pages that are seen before the login; the namespace in the address brings the ISP's look."""
    open_pages = [Place(f"{console}-{name}", f"/{console}/{name}?namespace={world.namespace}") for name in outside]
    faults = see(chromium, world, console, lambda page: page.goto(open_pages[0].url), lambda _: open_pages)
    faults += see(chromium, world, console, enter, lambda here: here.find_places())
    assert not faults, "\n".join(faults)


def see(
    chromium: Browser,
    world: Demo,
    console: str,
    enter: Callable[[Page], object],
    find_places: Callable[[Tour], list[Place]],
) -> list[str]:
    """What is wrong with the places, in English and in Portuguese."""
    origin = world.settings.http_url
    english: dict[str, set[str]] = {}
    faults: list[str] = []
    with touring(chromium, origin, console, "en", enter) as here:
        places = find_places(here)
        for place in places:
            here.look(place)
            english[place.name] = here.texts()
        faults += here.faults
    with touring(chromium, origin, console, "pt", enter) as here:
        words = load_words(here.page, console)
        for place in places:
            texts = here.read(place, words)
            same = sorted(text for text in texts & english[place.name] if is_sentence(text))
            here.faults += [f"{place.name}: the same sentence in both languages: {text!r}" for text in same]
        faults += here.faults
    return faults


def is_sentence(text: str) -> bool:
    return sum(word.isalpha() for word in text.split()) >= SENTENCE_WORDS


def test_the_isp_console_from_all_sides(chromium: Browser, world: Demo) -> None:
    tour(chromium, world, "isp", log_in_isp(world), ("login", "signup", "password"))


def test_the_tenant_console_from_all_sides(chromium: Browser, world: Demo) -> None:
    tour(chromium, world, "console", view_tenant(world), ("login", "password"))


def test_the_phone_console_from_all_sides(chromium: Browser, world: Demo) -> None:
    tour(chromium, world, "phone", log_in_phone(world), ("login",))
