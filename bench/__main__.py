"""``python -m bench [--strict] [name ..]``: measures, prints a table, writes ``build/bench.json``.

Each module is measured by a process of its own, so that none sees the heap of another, within a time of its own, so
that the whole ends in twelve minutes. A missed target is printed as missed; only ``--strict`` makes it the exit
status. What can't be measured is a failure in any case.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure, not_measured, render_table, write_json

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "bench.json"

#: Module of this package to the seconds it may take; together at most twelve minutes.
LIMITS_S = {
    "calls": 290,
    "api_cost": 35,
    "change_in_force": 80,
    "warm_calls": 45,
    "part_loading": 35,
    "routing": 25,
    "rating": 90,
    "imports": 35,
    "first_rows": 50,
    "consumption": 15,
    "idle_node": 20,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(LIMITS_S))
    parser.add_argument("--strict", action="store_true", help="a missed target is an exit status other than 0")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(LIMITS_S)):
        parser.error(f"no such figure: {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, _interrupt)
    if options.into is not None:
        write_json(options.into, measure_here(options.names[0]))
        return 0
    figures = [figure for name in options.names or LIMITS_S for figure in measure(name)]
    write_json(OUTPUT, figures)
    print(f"\n{OUTPUT.relative_to(ROOT)} written")
    return exit_status(figures, strict=options.strict)


def _interrupt(*_: object) -> None:
    """What was started is ended on the way out, however it is told to stop."""
    raise KeyboardInterrupt


def exit_status(figures: list[Figure], *, strict: bool) -> int:
    measured = all(figure["value"] is not None for figure in figures)
    met = all(figure["ok"] for figure in figures)
    return 0 if measured and (met or not strict) else 1


def measure_here(name: str) -> list[Figure]:
    found: list[Figure] = importlib.import_module(f"bench.{name}").figures()
    return found


def measure(name: str) -> list[Figure]:
    """In a process of its own; printed as soon as it is known."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        answer = Path(directory) / "figures.json"
        figures = _run(name, answer)
    print(f"\n== {name} ({time.monotonic() - begun:.0f} s)\n{render_table(figures)}", flush=True)
    return figures


def _run(name: str, answer: Path) -> list[Figure]:
    command = [sys.executable, "-m", "bench", name, "--into", str(answer)]
    OUTPUT.parent.mkdir(exist_ok=True)
    with OUTPUT.with_name(f"bench-{name}.log").open("wb") as log:  # the API in a module's process logs its requests
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, start_new_session=True)
    try:
        status = process.wait(timeout=LIMITS_S[name])
    except subprocess.TimeoutExpired:
        return [not_measured(name, f"it took longer than {LIMITS_S[name]} s")]
    finally:
        _end(process)
    if status != 0:
        return [not_measured(name, f"it ended with status {status}, see above")]
    found: list[Figure] = json.loads(answer.read_text())["figures"]
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """A module ends its programs itself when it is interrupted; what is left after that is killed."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
