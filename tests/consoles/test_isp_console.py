"""The ISP console by clicking, on the running system."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.consoles import isp_steps as steps
from tests.consoles.visitor import Visitor

pytestmark = pytest.mark.browser


def test_an_isp_signs_up_and_makes_all_that_a_tenant_needs(visitor: Visitor) -> None:
    steps.sign_up(visitor, looking=True)
    visitor.look("home-empty")

    steps.add_carrier(visitor)
    visitor.look("carrier-form")
    visitor.saves()
    visitor.sees("primary (127.0.0.2")
    visitor.look("carriers")

    steps.add_dialplan(visitor)
    visitor.sees("+12095551234")
    visitor.look("dialplan-form")
    visitor.saves()
    visitor.look("dialplans")

    steps.add_plan(visitor)
    visitor.look("plan-form")
    visitor.saves()
    visitor.look("plans")

    steps.add_customer(visitor)
    visitor.look("customer-form")
    visitor.saves()
    visitor.look("customers")

    steps.add_tenant(visitor)
    visitor.look("tenant-form")
    visitor.saves()
    visitor.sees("customer1.")
    # The kit's own rules hold over Mantine's, whichever style sheet a build loads first
    expect(visitor.page.locator(".mark").first).to_have_css("text-transform", "none")
    expect(visitor.page.get_by_role("button", name="Customer One")).to_have_css("font-size", "14px")
    visitor.look("tenants")

    visitor.go("SBCs")
    visitor.sees("in force on 1 of 1")
    visitor.look("sbcs")
    visitor.page.get_by_role("navigation").get_by_role("link", name="Home").click()
    expect(visitor.page.locator("li.step.done")).to_have_count(5)
    visitor.look("home")
