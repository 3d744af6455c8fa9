"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import carriers, dialplans, rate_decks, sbcs, service_decks, service_plans, system

BLUEPRINTS = [
    system.blueprint,
    carriers.blueprint,
    dialplans.blueprint,
    service_plans.blueprint,
    service_decks.blueprint,
    rate_decks.blueprint,
    sbcs.blueprint,
]
