"""Runs programs under supervisord: one configuration, ordered starts, restarts, logs with rotation, an orderly end."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from local.health import Check, wait_until_healthy
from local.launch import wrap
from local.process_groups import end_leftovers
from local.settings import ROOT, Paths

_STOPPED = {"STOPPED", "EXITED", "FATAL"}
_SOCKET_PATH_LIMIT = 107  # sun_path of unix(7), less the closing zero
_AT_ONCE = False  # the RPC's `wait`
SUPERVISOR = "supervisor"


class SupervisionError(RuntimeError):
    """The programs can't be run; the message says which and where to look."""


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    argv: Sequence[str]
    check: Check
    env: Mapping[str, str] = field(default_factory=dict)
    stop_limit_s: int = 10


def render_config(programs: Sequence[Program], paths: Paths) -> str:
    sections = [_SUPERVISORD.format(run=paths.run, log=paths.log, root=ROOT)]
    sections.extend(_render_program(program, paths) for program in programs)
    return "\n".join(sections)


_SUPERVISORD = """\
[supervisord]
nodaemon=true
silent=true
pidfile={run}/supervisord.pid
logfile={log}/supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
directory={root}

[unix_http_server]
file={run}/supervisor.sock
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""


def _render_program(program: Program, paths: Paths) -> str:
    """Stopping asks the main process alone (Kamailio's tells its children in order); killing takes the whole group."""
    # supervisord's own `environment` can't hold every value; env(1) takes them as they are.
    environment = ["env", *(f"{name}={value}" for name, value in program.env.items())]
    command = shlex.join(wrap(program.name, paths.run, [*environment, *program.argv]))
    return f"""\
[program:{program.name}]
command={command.replace("%", "%%")}
directory={ROOT}
autostart=false
autorestart=true
startsecs=1
startretries=1000
stopasgroup=false
killasgroup=true
stopwaitsecs={program.stop_limit_s}
redirect_stderr=true
stdout_logfile={paths.log}/{program.name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""


class Supervisor:
    def __init__(self, programs: Sequence[Program], paths: Paths) -> None:
        self._programs = {program.name: program for program in programs}
        self._paths = paths
        self._socket = paths.run / "supervisor.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def end_leftovers(self) -> None:
        """Kills what a run that was killed itself left behind."""
        for name in (SUPERVISOR, *self._programs):
            end_leftovers(self._paths.run, name)

    def open(self, *, limit_s: float = 10) -> None:
        """Starts supervisord, with no program yet."""
        if len(os.fsencode(self._socket)) > _SOCKET_PATH_LIMIT:
            raise SupervisionError(f"{self._socket} is too long for a socket: choose a shorter data directory (VAR=)")
        config = self._paths.run / "supervisord.conf"
        config.write_text(render_config(list(self._programs.values()), self._paths))
        config.chmod(0o600)
        self._socket.unlink(missing_ok=True)
        argv = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)]
        with (self._paths.log / "supervisor-output.log").open("wb") as output:
            self._process = subprocess.Popen(
                wrap(SUPERVISOR, self._paths.run, argv),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is the runner's to handle
            )
        if wait_until_healthy({"supervisord": self._answers}, limit_s=limit_s, alive=self.is_alive):
            raise SupervisionError(f"supervisord doesn't start: see {self._paths.log}/supervisor-output.log")

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *names: str, limit_s: float) -> None:
        """Starts programs at once and waits until each is healthy."""
        for name in names:
            self._call("startProcess", name, _AT_ONCE)
        checks = {name: self._programs[name].check for name in names}
        missing = wait_until_healthy(checks, limit_s=limit_s, alive=self.is_alive)
        if missing:
            logs = ", ".join(str(self._paths.log / f"{name}.log") for name in missing)
            raise SupervisionError(f"not healthy within {limit_s:.0f} s: {', '.join(missing)}. See {logs}.")

    def find_state(self, name: str) -> str:
        """supervisord's word for it: RUNNING, STARTING, BACKOFF, EXITED, FATAL, STOPPED."""
        info = cast("dict[str, Any]", self._call("getProcessInfo", name))
        return str(info["statename"])

    def close(self) -> None:
        """Stops the programs, the last first (each gets its time), then supervisord; nothing of them is left."""
        if self.is_alive():
            with contextlib.suppress(OSError):  # supervisord went away meanwhile: what it left is ended below
                self._stop_programs()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self.end_leftovers()

    def _stop_programs(self) -> None:
        for program in reversed(self._programs.values()):
            if self.find_state(program.name) in _STOPPED:
                continue
            self._call("stopProcess", program.name, _AT_ONCE)
            self._wait_until_stopped(program)

    def _wait_until_stopped(self, program: Program) -> None:
        # supervisord looks after its children at least once a second, and at once when it is asked something.
        deadline = time.monotonic() + program.stop_limit_s + 5
        while self.find_state(program.name) not in _STOPPED and time.monotonic() < deadline:
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return self._call("getState") is not None
        except OSError:
            return False

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self._socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()
