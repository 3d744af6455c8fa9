"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import carriers, dialplans, sbcs, system

BLUEPRINTS = [
    system.blueprint,
    carriers.blueprint,
    dialplans.blueprint,
    sbcs.blueprint,
]
