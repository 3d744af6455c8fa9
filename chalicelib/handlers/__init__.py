"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import (
    calls,
    carriers,
    charges,
    customers,
    date_ranges,
    dialplans,
    domains,
    ledger,
    rate_decks,
    sbc_cdrs,
    sbcs,
    security_groups,
    service_decks,
    service_plans,
    subscribers,
    system,
)

BLUEPRINTS = [
    system.blueprint,
    carriers.blueprint,
    dialplans.blueprint,
    service_plans.blueprint,
    service_decks.blueprint,
    rate_decks.blueprint,
    customers.blueprint,
    domains.blueprint,
    sbcs.blueprint,
    security_groups.blueprint,
    date_ranges.blueprint,
    subscribers.blueprint,
    sbc_cdrs.blueprint,
    calls.blueprint,
    charges.blueprint,
    ledger.blueprint,
]
