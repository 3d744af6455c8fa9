"""Calls in the tenant console: live, afterwards and before they are made; and subscribers by the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.consoles.tenant_steps import Admin, an_admin, enter
from tests.consoles.visitor import Visitor
from tests.local.systems import System
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.browser
SLOW_MS = 30_000  # what comes by way of the SBC


@pytest.fixture(scope="module")
def provider(system: System) -> Iterator[Provider]:
    found = a_provider(system)
    with found.closing():
        yield found


@pytest.fixture(scope="module")
def tenant(provider: Provider) -> Tenant:
    found = provider.tenant("office")
    found.subscriber("ann", name="Ann Able", alias="101")
    found.subscriber("bob", name="Bob Baker", alias="102", calls_out=False)
    provider.wait_in_force()
    return found


@pytest.fixture(scope="module")
def admin(tenant: Tenant) -> Admin:
    return an_admin(tenant)


@pytest.fixture
def tess(visitor: Visitor, admin: Admin) -> Visitor:
    return enter(visitor, admin)


def test_a_live_call_is_seen_hung_up_and_found_with_its_decisions(tess: Visitor, tenant: Tenant) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")
    call = ann.dial("102")
    assert call.wait_status() == 200
    bob.wait_incoming()

    tess.go("Live")
    row = tess.page.get_by_role("table", name="Live calls").get_by_role("row").filter(has_text="Ann Able")
    expect(row).to_contain_text("Bob Baker", timeout=SLOW_MS)
    expect(row).to_contain_text("Talking")
    expect(tess.page.get_by_role("table", name="Registered phones").get_by_role("row")).to_have_count(3)
    tess.sees("renewed by itself")
    tess.look("tenant-live")
    tess.press("Hang up: Ann Able and Bob Baker")
    tess.sees("The call of Ann Able with Bob Baker ends at once")
    tess.look("tenant-hang-up", schemes=("light",))
    tess.press("Hang up", within=tess.page.get_by_role("dialog"))
    call.wait_ended(timeout_s=20)
    expect(tess.page.get_by_text("Nobody is calling just now.")).to_be_visible(timeout=SLOW_MS)

    tenant.provider.call(call.call_id)  # its record has come
    tess.go("Calls")
    first = tess.page.get_by_role("row").filter(has_text="Bob Baker").first
    expect(first).to_contain_text("Answered")
    tess.look("tenant-calls", schemes=("light",))
    first.get_by_role("button").click()
    expect(tess.drawer.get_by_role("list").get_by_role("listitem").first).to_be_visible()
    tess.look("tenant-call")
    tess.drawer.get_by_role("link", name="What would happen now?").click()
    tess.sees("The call would ring")


@pytest.mark.parametrize(
    ("state", "told"), [("stale", "This may be out of date"), ("waiting", "Waiting for the first report of the SBC")]
)
def test_how_old_the_live_state_is_stands_in_words(tess: Visitor, state: str, told: str) -> None:
    def answer(route: Route) -> None:
        found = route.fetch()
        route.fulfill(response=found, json=found.json() | {"state": state})

    tess.page.route("**/live", answer)
    tess.go("Live")

    tess.sees(told)
    tess.look(f"tenant-live-{state}", schemes=("light",))
    tess.page.unroute_all(behavior="ignoreErrors")


def test_filters_stand_in_the_address(tess: Visitor, tenant: Tenant) -> None:
    ann = tenant.phone("ann")
    refused = ann.dial("999999")
    assert refused.wait_status() >= 400
    tenant.provider.call(refused.call_id)

    tess.go("Calls")
    tess.page.get_by_label("Result").select_option(label="Refused")
    expect(tess.page.get_by_role("row").filter(has_text="999999")).to_be_visible()
    tess.field("Subscriber").fill("baker")
    tess.page.get_by_role("option", name="Bob Baker (bob, 102)").click()
    tess.sees("Nothing found.")
    assert "result=refused" in tess.page.url
    tess.page.reload()

    tess.sees("Nothing found.")
    expect(tess.field("Subscriber")).to_have_value("Bob Baker (bob, 102)")


def test_a_call_is_explained_before_it_is_made(tess: Visitor) -> None:
    tess.go("Explain a call")
    tess.look("tenant-explain-empty", schemes=("light",))
    tess.field("Who calls").fill("bob")
    tess.page.get_by_role("option", name="Bob Baker (bob, 102)").click()
    tess.type("Dialled", "2095551234")
    tess.press("Explain")
    tess.sees("The call would be refused")
    tess.look("tenant-explain-refused")

    tess.field("Who calls").fill("able")
    tess.page.get_by_role("option", name="Ann Able (ann, 101)").click()
    tess.press("Explain")

    tess.sees("The call would ring")
    expect(tess.page.locator("ol.decisions li").first).to_be_visible()
    assert "Carrier" not in tess.page.get_by_role("main").inner_text()
    tess.look("tenant-explain", schemes=("light",))


def as_file(text: str) -> dict[str, object]:
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_subscribers_come_by_a_file_that_is_checked_first(tess: Visitor, tenant: Tenant) -> None:
    wrong = "username,name,alias,security_group\neve,Eve,101,USA\nfay,Fay,202,Nowhere\n"
    right = "username,name,alias,security_group\neve,Eve Early,201,USA\nfay,Fay Fine,202,USA\nann,Ann Abler,101,USA\n"
    tess.go("Subscribers")
    tess.page.get_by_role("link", name="Import and export").click()
    tess.look("tenant-import", schemes=("light",))
    with tess.page.expect_download() as example:
        tess.press("Download an example")
    assert (
        example.value.path().read_text().startswith("\ufeffusername") or "username" in example.value.path().read_text()
    )

    chooser = tess.page.locator("input[type=file]")
    chooser.set_input_files(as_file(wrong))  # type: ignore[arg-type]
    tess.press("Look at it")
    expect(tess.page.get_by_text("Wrong: 2.")).to_be_visible(timeout=SLOW_MS)
    errors = tess.page.get_by_role("table", name="What is wrong")
    expect(errors.get_by_role("row").nth(1)).to_contain_text("alias")
    expect(errors.get_by_role("row").nth(2)).to_contain_text("security_group")
    tess.look("tenant-import-errors")
    expect(tess.page.get_by_role("button", name="Import 2")).to_be_hidden()

    chooser.set_input_files(as_file(right))  # type: ignore[arg-type]
    tess.press("Look at it")
    expect(tess.page.get_by_text("Would be made: 2. Would be changed: 1.")).to_be_visible(timeout=SLOW_MS)
    tess.page.reload()
    tess.sees("Would be made: 2. Would be changed: 1.")
    tess.look("tenant-import-preview", schemes=("light",))
    tess.press("Import 3")
    expect(tess.page.get_by_text("Made: 2. Changed: 1.")).to_be_visible(timeout=SLOW_MS)
    tess.look("tenant-import-done", schemes=("light",))
    with tess.page.expect_download() as result:
        tess.page.get_by_role("link", name="Download the passwords").click()
    rows = {one["username"]: one for one in csv.DictReader(io.StringIO(result.value.path().read_text("utf-8-sig")))}
    assert len(rows["eve"]["sip_password"]) == 16
    assert rows["ann"]["sip_password"] == ""

    tenant.provider.wait_in_force()
    tenant.people["eve"] = {"passwords": {"sip": rows["eve"]["sip_password"]}}
    tenant.phone("eve")  # registers with what the file says

    tess.press("Make the file")
    with tess.page.expect_download() as export:
        tess.page.get_by_role("link", name="Download (4 subscribers)").click(timeout=SLOW_MS)
    exported = list(csv.DictReader(io.StringIO(export.value.path().read_text("utf-8-sig"))))
    assert {one["name"] for one in exported} >= {"Eve Early", "Ann Abler", "Bob Baker"}


def test_everything_of_the_tenant_is_there_in_portuguese_too(tess: Visitor, tenant: Tenant) -> None:
    tess.page.get_by_label("Language").locator("visible=true").select_option("pt-BR")
    expect(tess.page.get_by_role("heading", level=1, name="Início")).to_be_visible()
    person = tenant.people["bob"]["id"]

    titles = []
    for path in (
        "", "subscribers?open=new", f"subscribers/setup?subscriber={person}", "subscribers/import", "numbers",
        "groups?open=new", "hours?open=new", "live", "calls", "explain",
    ):  # fmt: skip
        tess.open(f"/{path}")
        expect(tess.page.locator("h1")).to_be_visible()
        tess.picture(f"pt-tenant-{path.split('?')[0].replace('/', '-') or 'home'}")
        titles.append(tess.page.locator("h1").inner_text())

    assert titles == [
        "Início", "Assinantes", "Configurar um telefone para Bob Baker", "Importar e exportar", "Números de telefone",
        "Grupos de segurança", "Horários comerciais", "Ao vivo", "Ligações", "Explicar uma ligação",
    ]  # fmt: skip
