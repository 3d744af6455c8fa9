"""How long a list of a console takes until its first row can be read, in a browser that has never seen the console.

The embedded control plane (database, API with the consoles) and Debian's Chromium. Each time a fresh browser context,
with nothing but the session's cookie, opens the page by its address; the page itself notes when the first row has been
painted, from the start of the navigation. What the same page takes with a warm cache is told in the note.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.control_plane import make_control_plane
from bench.figure import Figure, at_most
from bench.programs import BenchError, running_programs
from local.settings import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.onboarding import World

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
TIMES = 5
ROWS = 300
TARGET_S = 1.5
LIMIT_MS = 20_000
# A row that isn't one of those that stand for rows to come; two frames later it has been painted
WATCH = """
window.firstRow = new Promise((resolve) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('tbody tr:not([aria-hidden]) td')) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  }).observe(document, { childList: true, subtree: true });
});
"""
WAIT = f"Promise.race([window.firstRow, new Promise((resolve) => setTimeout(resolve, {LIMIT_MS}, null))])"


@dataclass(frozen=True)
class ListPage:
    name: str
    path: str


def figures() -> list[Figure]:
    if not (ROOT / "consoles/dist/isp/index.html").exists():
        raise BenchError("the consoles aren't built: make install")
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        database = programs.start_dynoxide()
        plane = make_control_plane(programs, dynamodb_port=int(database.rpartition(":")[2]))
        plane.start_api()
        world, tenant_id = _fill()
        pages = [
            ListPage("ISP console, customers", "/isp/customers"),
            ListPage("tenant console, subscribers", f"/console/view/{tenant_id}/subscribers"),
        ]
        return _measure(plane.settings.http_url, world, pages)


def _fill() -> tuple[World, str]:
    """An ISP with ``ROWS`` customers, and a tenant of it with as many subscribers."""
    from tests.api_client import ApiClient
    from tests.onboarding import onboard

    world = onboard(ApiClient())
    admin = world.api
    plan = admin.post("/service-plans", {"name": "Default", "currency": "USD"}).expect(201)["id"]
    customers = [
        admin.post("/customers", {"name": f"Customer {place:04}", "service_plan_id": plan}).expect(201)["id"]
        for place in range(ROWS)
    ]
    sbc = admin.get("/sbcs").expect(200)["items"][0]["id"]
    tenant = {"name": "Tenant", "domain": "tenant", "customer_id": customers[0], "sbc_id": sbc}
    tenant_id = admin.post("/tenants", tenant).expect(201)["id"]
    for place in range(ROWS):
        admin.post(f"/tenants/{tenant_id}/subscribers", {"username": f"user{place:04}"}).expect(201)
    return world, tenant_id


def _measure(origin: str, world: World, pages: list[ListPage]) -> list[Figure]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        session = _log_in(browser, origin, world)
        found = []
        for page in pages:
            cold, warm, session = _times(browser, origin, page, session)
            found.append(_report(page, cold, warm))
        browser.close()
    return found


def _log_in(browser: Browser, origin: str, world: World) -> Any:
    """The session's cookie."""
    context = browser.new_context(base_url=origin)
    answer = context.request.post("/v1/auth/login", headers={"X-Session-Cookie": "isp"}, data=world.login_body())
    if not answer.ok:
        raise BenchError(f"the login failed: {answer.status} {answer.text()}")
    return _leave(context)


def _leave(context: BrowserContext) -> Any:
    """Each answer renews the session: the next context goes on with the newest cookie."""
    state = context.storage_state()
    context.close()
    return state


def _times(browser: Browser, origin: str, page: ListPage, session: Any) -> tuple[list[float], list[float], Any]:
    cold, warm = [], []
    for _ in range(TIMES):
        context = browser.new_context(base_url=origin, storage_state=session)
        context.add_init_script(WATCH)
        cold.append(_open(context, page.path))
        warm.append(_open(context, page.path))
        session = _leave(context)
    return cold, warm, session


def _open(context: BrowserContext, path: str) -> float:
    """Seconds."""
    page = context.new_page()
    page.goto(path)
    at_ms = page.evaluate(WAIT)
    if at_ms is None:
        raise BenchError(f"{path} shows no row: {page.inner_text('body')[:500]}")
    page.close()
    return float(at_ms) / 1000


def _report(page: ListPage, cold: list[float], warm: list[float]) -> Figure:
    note = (
        f"{ROWS} records; median of {len(cold)} times with nothing cached, from navigation to the first row painted"
        f" ({min(cold):.2f} to {max(cold):.2f} s); with a warm cache {median(warm):.2f} s"
    )
    return at_most(f"First rows visible: {page.name}", median(cold), "s", TARGET_S, note=note)
