"""Goes to every page of a console that can be reached from its menu, opens records and empty forms, looks at each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from local.settings import ROOT
from tests.consoles import sides
from tests.consoles.conftest import Watch

BRANDS = ("#0b5fff", "#f5c400", "#b3123f")
LANGUAGES = {"en": "en-GB", "pt": "pt-BR"}
SHADE = "getComputedStyle(document.documentElement).getPropertyValue('--mantine-color-brand-6')"
MANIFEST = ROOT / "consoles/dist/.vite/manifest.json"


@dataclass(frozen=True, slots=True)
class Place:
    name: str  # of its pictures
    url: str


@dataclass
class Tour:
    console: str
    page: Page
    other_tab: Page
    faults: list[str] = field(default_factory=list)

    def find_places(self) -> list[Place]:
        """The pages of the menu; of each list its first record and its empty form."""
        links = self.page.get_by_role("navigation").get_by_role("link")
        expect(links.first).to_be_visible()
        found: list[Place] = []
        for href in [str(link.get_attribute("href")) for link in links.all()]:
            self._go(href)
            found += self._places_here(href)
        return found

    def _places_here(self, href: str) -> Iterator[Place]:
        name = f"{self.console}-{urlsplit(href).path.strip('/').rpartition('/')[2]}"
        name = f"{self.console}-home" if name.endswith(("-isp", "-console", "-phone")) or "ten_" in name else name
        yield Place(name, href)
        adding = self.page.locator("[data-adds]")
        if adding.count():
            yield Place(f"{name}-new", self._url_after(adding.first, href))
        rows = self.page.locator("button.opens")
        if rows.count():
            yield Place(f"{name}-one", self._url_after(rows.first, href))

    def _url_after(self, clicked: Locator, href: str) -> str:
        clicked.click()
        expect(self.page.get_by_role("dialog")).to_be_visible()
        url = self.page.url
        self._go(href)
        return url

    def look(self, place: Place) -> None:
        """English: three brands in light and dark, wide and narrow."""
        self._open(place)
        for brand in BRANDS:
            self._set_brand(brand)
            for scheme in ("light", "dark"):
                sides.set_scheme(self.page, scheme)
                seen = brand != BRANDS[0] or scheme == "dark"
                where = f"{place.name} {brand} {scheme}"
                self.faults += sides.find_axe_faults(self.page, where, colours_alone=seen)
        self._set_brand(BRANDS[0])
        self._take_pictures(place, "en", scheme="light")
        self.faults += sides.find_axe_faults(self.page, f"{place.name} 390")

    def read(self, place: Place, words: sides.Words) -> set[str]:
        """Portuguese: pictures, and no text that is the dictionary's English."""
        self._open(place)
        self._take_pictures(place, "pt", scheme="dark")
        texts = self.texts()
        self.faults += [f"{place.name} pt: not translated: {text!r}" for text in words.find_english(texts)]
        return texts

    def texts(self) -> set[str]:
        return sides.read_texts(self.page)

    def _open(self, place: Place) -> None:
        self.page.set_viewport_size(sides.SIZES["1440"])
        self._go(place.url)

    def _go(self, url: str) -> None:
        """The heading comes with the page's first rows, or with what stands for them until they are there."""
        self.page.goto(url)
        expect(self.page.locator("h1").first).to_be_attached()
        sides.settle(self.page)

    def _take_pictures(self, place: Place, language: str, *, scheme: str) -> None:
        sides.set_scheme(self.page, scheme)
        for size, viewport in sides.SIZES.items():
            self.page.set_viewport_size(viewport)
            sides.settle(self.page)
            sides.take_picture(self.page, f"{place.name}-{language}-{size}-{scheme}")
            self.faults += sides.find_width_faults(self.page, f"{place.name} {language} {size}")

    def _set_brand(self, brand: str) -> None:
        """As if the theme had been changed in another tab."""
        before = self.page.evaluate(
            "getComputedStyle(document.documentElement).getPropertyValue('--mantine-color-brand-6')"
        )
        now = self.other_tab.evaluate("localStorage.getItem('patchbay.look')")
        look = {**json.loads(now), "primary_color": brand}
        self.other_tab.evaluate("text => localStorage.setItem('patchbay.look', text)", json.dumps(look))
        if json.loads(now)["primary_color"] != brand:
            self.page.wait_for_function(f"before => {SHADE} !== before", arg=before)


@contextmanager
def touring(chromium: Browser, origin: str, console: str, language: str, enter: object) -> Iterator[Tour]:
    """``enter(page)`` logs in."""
    assert callable(enter)
    context = new_context(chromium, origin, language)
    watch = Watch(origin)
    watch.follow(context)
    page = context.new_page()
    enter(page)
    other_tab = context.new_page()
    other_tab.goto("/dev/mail")
    page.bring_to_front()  # a tab behind another is drawn once a second
    tour = Tour(console, page, other_tab)
    yield tour
    context.close()
    watch.check()


def new_context(chromium: Browser, origin: str, language: str) -> BrowserContext:
    context = chromium.new_context(
        base_url=origin, locale=LANGUAGES[language], viewport=sides.SIZES["1440"], reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    return context


def load_words(page: Page, console: str) -> sides.Words:
    return sides.Words.load(page, console, json.loads(MANIFEST.read_text()))
