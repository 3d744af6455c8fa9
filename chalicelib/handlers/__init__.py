"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import carriers, system

BLUEPRINTS = [system.blueprint, carriers.blueprint]
