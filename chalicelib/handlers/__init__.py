"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import carriers, date_ranges, security_groups, subscribers, system

BLUEPRINTS = [
    system.blueprint,
    carriers.blueprint,
    security_groups.blueprint,
    date_ranges.blueprint,
    subscribers.blueprint,
]
