"""The configurations of the Kamailios that decide nothing, written beside the product's, whose files they include."""

from __future__ import annotations

from pathlib import Path

from bench.programs import BenchError
from sbc.kamailio import render
from sbc.settings import SbcSettings

SOURCE = Path(__file__).parent / "sip"

#: The product's files that ask the hook and execute what it says: a static route has none of them.
DECISION = ("routes/call.cfg", "routes/stage.cfg", "routes/outcome.cfg")


def write_static(settings: SbcSettings, *, callee: str) -> Path:
    """The product's own first file, with its list of includes and its ``request_route``, but another way to route."""
    directory = settings.run_dir / "kamailio"
    text = (directory / "kamailio.cfg").read_text(encoding="utf-8")
    own = _write(settings, "static_call.cfg", callee=callee)
    for number, name in enumerate(DECISION):
        line = f'include_file "{name}"\n'
        if line not in text:
            raise BenchError(f"kamailio.cfg doesn't include {name}")
        text = text.replace(line, "" if number else f'include_file "{own.name}"\n')
    path = directory / "static.cfg"
    path.write_text(text)
    return path


def write_bare(settings: SbcSettings, *, callee: str) -> Path:
    return _write(settings, "bare.cfg", callee=callee)


def _write(settings: SbcSettings, name: str, *, callee: str) -> Path:
    names = {"CALLEE": callee, "MODULE_DIR": str(settings.module_dir), "SILENCE_MS": str(settings.timers.silence_ms)}
    path = settings.run_dir / "kamailio" / name
    path.write_text(render.substitute((SOURCE / name).read_text(encoding="utf-8"), names=names, where=name))
    return path
