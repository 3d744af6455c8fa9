"""What a measurement says: a name, a value with its unit, the target, whether it is met, and how it was measured."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

Figure = dict[str, Any]
FIELDS = ("name", "value", "unit", "target", "ok", "note")
NOTE_WIDTH = 116


def at_most(name: str, value: float, unit: str, target: float, *, note: str, digits: int = 2) -> Figure:
    return _figure(name, value, unit, f"<= {target:,}", ok=value <= target, note=note, digits=digits)


def at_least(name: str, value: float, unit: str, target: float, *, note: str, digits: int = 2) -> Figure:
    return _figure(name, value, unit, f">= {target:,}", ok=value >= target, note=note, digits=digits)


def exactly(name: str, value: float, unit: str, target: float, *, note: str) -> Figure:
    return _figure(name, value, unit, f"= {target:g}", ok=value == target, note=note, digits=3)


def shown(name: str, value: float, unit: str, *, note: str, digits: int = 2) -> Figure:
    """Printed for the reader; nobody has set a target."""
    return _figure(name, value, unit, "", ok=True, note=note, digits=digits)


def not_measured(name: str, reason: str) -> Figure:
    return {"name": name, "value": None, "unit": "", "target": "", "ok": False, "note": f"not measured: {reason}"}


def _figure(name: str, value: float, unit: str, target: str, *, ok: bool, note: str, digits: int) -> Figure:
    rounded = round(value, digits) if digits else round(value)
    return {"name": name, "value": rounded, "unit": unit, "target": target, "ok": ok, "note": note}


def render_table(figures: Sequence[Figure]) -> str:
    """A line for each figure, and below it how it was measured."""
    rows = [_cells(figure) for figure in figures]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines: list[str] = []
    for row, figure in zip(rows, figures, strict=True):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
        lines += [f"    {line}" for part in figure["note"].split("\n") for line in wrap(part, NOTE_WIDTH)]
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    value = "-" if figure["value"] is None else f"{figure['value']:,}"
    return figure["name"], f"{value} {figure['unit']}".rstrip(), figure["target"], _verdict(figure)


def _verdict(figure: Figure) -> str:
    if figure["value"] is None:
        return "NOT MEASURED"
    if not figure["target"]:
        return ""
    return "ok" if figure["ok"] else "MISSED"


def write_json(path: Path, figures: Iterable[Figure]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"figures": list(figures)}, indent=2, ensure_ascii=False) + "\n")
