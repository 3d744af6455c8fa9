"""``python -m local.run``: the whole embedded system until Ctrl-C; also ``--background``, ``--stop``, ``--status``."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from local.environment import make_app_environment, write_sbc_settings
from local.programs import make_services, make_stores
from local.runner_lock import find_runner, take_lock, wait_until_released
from local.settings import ROOT, Paths, Settings, SettingsError, find_paths, find_used_ports, load_settings
from local.supervise import SupervisionError, Supervisor

START_LIMIT_S = 60
STOP_LIMIT_S = 60
_WATCH_S = 0.5


class RunError(RuntimeError):
    """The system can't start or stop; the message says why and what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.run", description=__doc__)
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--background", action="store_true", help="start, return when everything is healthy")
    modes.add_argument("--stop", action="store_true", help="stop the system that runs from this data directory")
    modes.add_argument("--status", action="store_true", help="what runs and what is healthy")
    arguments = parser.parse_args()
    try:
        paths = find_paths()
        if arguments.stop:
            return stop(paths)
        settings = load_settings(paths)
        if arguments.status:
            return show_status(settings, paths)
        return start_in_background(paths) if arguments.background else run(settings, paths)
    except (RunError, SettingsError, SupervisionError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def run(settings: Settings, paths: Paths) -> int:
    """In the foreground, until a signal or until the supervisor dies."""
    started = time.monotonic()
    paths.create()
    lock = take_lock(paths.run)
    if lock is None:
        raise RunError(f"The system is running from {paths.var} already. Stop it first (Ctrl-C there, or make stop).")
    with lock:
        _handle_signals(_interrupt)
        write_sbc_settings(settings, paths)
        stores, services = make_stores(settings, paths), make_services(settings, paths)
        supervisor = Supervisor([*stores, *services], paths)
        try:
            supervisor.end_leftovers()
            _refuse_used_ports(settings, paths)
            supervisor.open()
            supervisor.start(*(program.name for program in stores), limit_s=START_LIMIT_S)
            bootstrap(settings, paths)
            supervisor.start(*(program.name for program in services), limit_s=START_LIMIT_S)
            _say(_render_addresses(settings, paths, time.monotonic() - started))
            _watch(supervisor.is_alive)
        except KeyboardInterrupt:
            _say("Stopping.")
        finally:
            _handle_signals(signal.SIG_IGN)  # a second Ctrl-C must not cut the stopping short
            supervisor.close()
    _say("Stopped.")
    return 0


def bootstrap(settings: Settings, paths: Paths) -> None:
    """The table and the first records, by a process with the control plane's own environment."""
    done = subprocess.run(
        [sys.executable, "-m", "local.bootstrap"],
        cwd=ROOT,
        env={**os.environ, **make_app_environment(settings, paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    (paths.log / "bootstrap.log").write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise RunError(f"The first records can't be made: {done.stderr.strip()[-2000:]}")


def start_in_background(paths: Paths) -> int:
    """Returns when everything is healthy; the runner goes on by itself. Prints what the runner printed."""
    if find_runner(paths.run) is not None:
        raise RunError(f"The system is running from {paths.var} already.")
    output = paths.log / "run.log"
    with output.open("wb") as file:
        runner = subprocess.Popen(
            [sys.executable, "-m", "local.run"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + 3 * START_LIMIT_S
    while runner.poll() is None and "ready in" not in output.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    _say(output.read_text().rstrip())
    if runner.poll() is not None:
        return runner.returncode or 1
    if "ready in" in output.read_text():
        return 0
    runner.terminate()
    raise RunError(f"not ready within {3 * START_LIMIT_S} s: see {output}")


def stop(paths: Paths) -> int:
    runner = find_runner(paths.run)
    if runner is None:
        _say(f"Nothing runs from {paths.var}.")
        return 0
    os.kill(runner, signal.SIGTERM)
    if not wait_until_released(paths.run, limit_s=STOP_LIMIT_S):
        raise RunError(f"The runner (process {runner}) didn't end within {STOP_LIMIT_S} s.")
    _say("Stopped.")
    return 0


def show_status(settings: Settings, paths: Paths) -> int:
    """0 when everything is healthy."""
    runner = find_runner(paths.run)
    _say(f"runner: process {runner}" if runner else f"Nothing runs from {paths.var}.")
    if runner is None:
        return 1
    healthy = {
        program.name: program.check() for program in (*make_stores(settings, paths), *make_services(settings, paths))
    }
    for name, passed in healthy.items():
        _say(f"{name}: {'healthy' if passed else 'NOT healthy'}")
    return 0 if all(healthy.values()) else 1


def _refuse_used_ports(settings: Settings, paths: Paths) -> None:
    used = find_used_ports(settings)
    if used:
        lines = "\n".join(used)
        raise RunError(f"{lines}\nin {paths.settings}, or use another copy's: make run VAR=var-b PORT_BASE=22000")


def _handle_signals(handler: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _watch(is_alive: Callable[[], bool]) -> None:
    while is_alive():
        time.sleep(_WATCH_S)
    raise RunError("The supervisor died, and everything with it. Start again.")


def _render_addresses(settings: Settings, paths: Paths, took_s: float) -> str:
    return f"""\
Patchbay runs.
  API and consoles  {settings.http_url}  (description: {settings.http_url}/v1/openapi.json)
  Mailbox           {settings.http_url}/dev/mail
  SIP, UDP and TCP  {settings.sip_host}:{settings.sip_port}
  Browser phones    {settings.websocket_url}
  Test gateway      {settings.gateway_host}:{settings.gateway_sip_port}  (control: {settings.gateway_url}/calls)
  Data and logs     {paths.var}
ready in {took_s:.1f} s; Ctrl-C stops it."""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
