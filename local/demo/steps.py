"""The sixteen steps in the guide's order and under the guide's titles."""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Callable

from playwright.sync_api import Error as BrowserError

from local.demo import inbound_step, isp_steps, outside_steps, phone_steps, tenant_steps
from local.demo.api import ApiError
from local.demo.report import Result, show, show_failure
from local.demo.state import Demo
from local.demo.waiting import DemoError
from local.phones import PhoneError

# an answer of another shape than expected is a failure of the step too
FAILURES = (DemoError, ApiError, PhoneError, BrowserError, urllib.error.URLError, TimeoutError, LookupError, ValueError)

Step = Callable[[Demo], str]

STEPS: tuple[tuple[str, Step], ...] = (
    ("Creating a new ISP", isp_steps.sign_up),
    ("Creating a carrier", isp_steps.make_carrier),
    ("Creating a service plan", isp_steps.make_plan),
    ("Creating a customer", isp_steps.make_customer),
    ("Creating a dialplan", tenant_steps.make_dialplan),
    ("Add numbers to the inventory", tenant_steps.add_numbers),
    ("Creating domains", tenant_steps.verify_domain),
    ("Creating your first tenant", tenant_steps.make_tenant),
    ("Accessing your tenant", tenant_steps.view_tenant),
    ("Creating subscribers", tenant_steps.make_subscribers),
    ("Registering Alice", phone_steps.register_alice),
    ("Registering Bob", phone_steps.register_bob),
    ("Make a call between phones", phone_steps.call_each_other),
    ("Add a country in the security group", outside_steps.allow_country),
    ("Make a call to an external destination", outside_steps.call_outside),
    ("Testing incoming calls", inbound_step.receive_call),
)


def run_name(*, at_ns: int) -> str:
    """A namespace that no earlier run has taken."""
    return f"demo-{at_ns // 10_000_000:x}"


def walk(demo: Demo, steps: tuple[tuple[str, Step], ...] = STEPS) -> list[Result]:
    """Up to the first step that fails."""
    results: list[Result] = []
    try:
        for number, (title, act) in enumerate(steps, 1):
            results.append(_take(demo, number, title, act))
            show(results[-1])
            if not results[-1].ok:
                show_failure(demo)
                break
    finally:
        for phone in demo.phones.values():
            phone.stop()
    return results


def _take(demo: Demo, number: int, title: str, act: Step) -> Result:
    begun = time.monotonic()
    try:
        evidence, ok = act(demo), True
    except FAILURES as error:
        evidence, ok = f"{type(error).__name__}: {error}", False
    return Result(step=number, title=title, ok=ok, seconds=round(time.monotonic() - begun, 2), evidence=evidence)
