"""Which modules an application imports: all of them, or, as a function of AWS Lambda, each when it is first asked for.

The package for Lambda has a table of its routes, made when it is built (``infra/package.py``). A cold start then
imports what its first request needs instead of the whole API; event sources name their module themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from chalicelib.chalice_app import PatchbayApp

TABLE = Path(__file__).with_name("routes.json")
PREFIX = "/v1"


def serve_all(app: PatchbayApp, *, table: Path = TABLE) -> None:
    """Every blueprint, at once or when it is needed."""
    if table.exists():
        app.before = Loader(app, json.loads(table.read_text())).load
        return
    from chalicelib.handlers.blueprints import BLUEPRINTS

    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=PREFIX)


def make_table() -> dict[str, list[str]]:
    """``{path: [module, ..]}`` of all routes."""
    from chalicelib.handlers import blueprints
    from chalicelib.handlers.http import all_endpoints

    owners = {
        id(found.blueprint): found.__name__ for found in vars(blueprints).values() if isinstance(found, ModuleType)
    }
    table: dict[str, list[str]] = {}
    for entry in all_endpoints():
        modules = table.setdefault(PREFIX + entry.path, [])
        if owners[id(entry.blueprint)] not in modules:
            modules.append(owners[id(entry.blueprint)])
    return table


class Loader:
    def __init__(self, app: PatchbayApp, table: Mapping[str, list[str]]) -> None:
        self._app = app
        self._table = table
        self._loaded: set[str] = set()

    def load(self, resource: str) -> None:
        """What serves this path; nothing for a path that isn't in the table (the framework refuses it)."""
        for module in self._table.get(resource, ()):
            if module not in self._loaded:
                self._app.register_blueprint(import_module(module).blueprint, url_prefix=PREFIX)
                self._loaded.add(module)
