"""One blueprint per noun; ``BLUEPRINTS`` is what the application serves."""

from chalicelib.handlers import (
    carriers,
    date_ranges,
    dialplans,
    isps,
    me,
    platform,
    sbcs,
    security_groups,
    sessions,
    signup,
    subscribers,
    system,
    themes,
    users,
)

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
    dialplans.blueprint,
    sbcs.blueprint,
    security_groups.blueprint,
    date_ranges.blueprint,
    subscribers.blueprint,
]
