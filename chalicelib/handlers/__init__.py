"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import (
    carriers,
    date_ranges,
    dialplans,
    sbcs,
    security_groups,
    subscribers,
    system,
)

BLUEPRINTS = [
    system.blueprint,
    carriers.blueprint,
    dialplans.blueprint,
    sbcs.blueprint,
    security_groups.blueprint,
    date_ranges.blueprint,
    subscribers.blueprint,
]
