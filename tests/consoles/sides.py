"""A page from its sides: what is written on it, what is cut off, what axe finds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from local.settings import ROOT

SCREENS = ROOT / "build/screens"
SIZES: dict[str, ViewportSize] = {"1440": {"width": 1440, "height": 900}, "390": {"width": 390, "height": 844}}
# Animations that run and have an end (a spinner hasn't), and what a changed size sets in motion: a frame to see it, one
# to answer it. A click on what is still moving meets its neighbour.
FINISH = """Promise.race([
  new Promise(done => setTimeout(done, 2000)),
  Promise.allSettled(document.getAnimations()
    .filter(one => one.playState === 'running' && one.effect.getTiming().iterations !== Infinity)
    .map(one => one.finished)),
]).then(async () => { for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame); })"""
# Every text that can be seen or is read aloud, each once
TEXTS = """() => {
  const SEEN = {visibilityProperty: true, opacityProperty: true};
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || parent.closest('script, style, [translate="no"]') || !parent.checkVisibility(SEEN)) continue;
    const text = node.textContent.replace(/\\s+/g, ' ').trim();
    if (text) found.add(text);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const one of document.querySelectorAll(`[${name}]`)) {
      const text = one.getAttribute(name).trim();
      if (text && one.checkVisibility(SEEN) && !one.closest('[translate="no"]')) found.add(text);
    }
  return [...found];
}"""
# Texts of which a part can't be seen; a cut text that can be read in full by its title is meant so
CLIPPED = """() => [...document.querySelectorAll('body *')].flatMap(one => {
  const SEEN = {visibilityProperty: true, opacityProperty: true};
  if (!one.checkVisibility(SEEN) || one.closest('[aria-hidden="true"], [data-clipped-on-purpose]')) return [];
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || one.matches('option, select, input, textarea, th, .mantine-VisuallyHidden-root')) return [];
  const style = getComputedStyle(one);
  if (style.position === 'absolute' && style.clipPath !== 'none') return [];
  const hides = [style.overflowX, style.overflowY].some(value => value === 'hidden' || value === 'clip');
  const cut = hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2);
  const rect = one.getBoundingClientRect();
  const beyond = rect.width > 0 && (rect.right > innerWidth + 1 || rect.left < -1) && style.position !== 'fixed'
    && !one.closest('[data-scrolls]') && rect.left < innerWidth * 2 && rect.left > -innerWidth;
  return (cut && !one.closest('[title]')) || beyond ? [one.textContent.trim().slice(0, 60)] : [];
})"""
# Of the rules alone, or of all; only what is wrong comes back
RUN_AXE = """async (rules) => {
  const {violations} = await axe.run(document, {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})});
  return violations.flatMap(({id, nodes}) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}"""
WORDS = """async (path) => Object.values(await import(path)).find(one => typeof one === 'object' && one['kit.save'])"""


def settle(page: Page) -> None:
    """Data is there, colours and drawers have stopped moving."""
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
    page.evaluate(FINISH)


def set_scheme(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    settle(page)


def take_picture(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(SCREENS / f"{name}.png"), full_page=True)


def find_axe_faults(page: Page, where: str, *, colours_alone: bool = False) -> list[str]:
    """``colours_alone``: of a page that has been looked at in other colours, what they can change."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    rules = ["color-contrast", "link-in-text-block"] if colours_alone else None
    return [f"{where}: {fault}" for fault in page.evaluate(RUN_AXE, rules)]


def find_width_faults(page: Page, where: str) -> list[str]:
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    sideways = [f"{where}: {beyond} px stick out"] if beyond > 0 else []
    return sideways + [f"{where}: cut off: {text!r}" for text in page.evaluate(CLIPPED)]


def read_texts(page: Page) -> set[str]:
    return set(page.evaluate(TEXTS))


@dataclass
class Words:
    """Of one console in both languages, as the built pages have them."""

    english: dict[str, str]
    portuguese: dict[str, str]
    _patterns: list[re.Pattern[str]] = field(default_factory=list)

    @classmethod
    def load(cls, page: Page, console: str, manifest: dict[str, Any]) -> Words:
        english, portuguese = (
            page.evaluate(WORDS, f"/{manifest[f'src/locales/{language}/words-{console}.ts']['file']}")
            for language in ("en", "pt-BR")
        )
        return cls(english, portuguese)

    def __post_init__(self) -> None:
        same = set(self.portuguese.values())
        self._patterns = [_pattern(text) for text in self.english.values() if text not in same and text.count(" ") > 0]

    def find_english(self, texts: set[str]) -> list[str]:
        """Of the texts of a Portuguese page those that are English: words of the dictionary, and whole sentences."""
        one_word = {text for text in self.english.values() if " " not in text} - set(self.portuguese.values())
        return sorted(
            text for text in texts if text in one_word or any(pattern.fullmatch(text) for pattern in self._patterns)
        )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(r".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", text)))
