"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import (
    carriers,
    customers,
    date_ranges,
    dialplans,
    dids,
    domains,
    rate_decks,
    sbc,
    sbcs,
    security_groups,
    service_decks,
    service_plans,
    subscribers,
    system,
    tenant_dids,
    tenants,
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
    dids.blueprint,
    tenants.blueprint,
    tenant_dids.blueprint,
    sbcs.blueprint,
    sbc.blueprint,
    security_groups.blueprint,
    date_ranges.blueprint,
    subscribers.blueprint,
]
