"""What ``infra.describe`` wrote of the application, read back with types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Trigger = Literal["schedule", "queue", "stream"]


@dataclass(frozen=True, slots=True)
class Source:
    """A function that isn't called by HTTP. ``details`` are those of its trigger (``infra/describe.py``)."""

    name: str
    handler: str
    trigger: Trigger
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Application:
    """``package``: the archive that Lambda gets, compiled for ``architecture``; ``routes``: methods by path."""

    package: Path
    architecture: Literal["arm64", "x86_64"]
    routes: Mapping[str, list[str]]
    binary_types: list[str]
    sources: tuple[Source, ...]


def read_application(directory: Path, *, here: bool = False) -> Application:
    """What ``infra.build`` has left in ``directory``. ``here``: with the package for this machine, not for Lambda's."""
    found = json.loads((directory / "app.json").read_text())
    package = directory / ("package-local.zip" if here else "package-arm64.zip")
    sources = tuple(
        Source(one["name"], one["handler"], one["trigger"], {key: one[key] for key in one.keys() - _COMMON})
        for one in found["functions"]
    )
    return Application(package, "x86_64" if here else "arm64", found["routes"], found["binary_types"], sources)


_COMMON = {"name", "handler", "trigger"}
