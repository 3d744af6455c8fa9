"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import carriers, isps, me, platform, sessions, signup, system, themes, users

BLUEPRINTS = [
    system.blueprint,
    signup.blueprint,
    sessions.blueprint,
    me.blueprint,
    isps.blueprint,
    themes.blueprint,
    users.blueprint,
    platform.blueprint,
    carriers.blueprint,
]
