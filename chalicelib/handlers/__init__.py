"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import system

BLUEPRINTS = [system.blueprint]
