"""The programs of the embedded system, in the order in which they start; they stop in the opposite one."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from local.environment import hook_settings_file, make_app_environment, sbc_settings_file
from local.health import AnswersHttp, HttpCheck, RtpengineCheck, SipCheck
from local.settings import ROOT, Paths, Settings
from local.supervise import Program
from sbc.kamailio.render import rtpengine_command
from sbc.settings import load_settings

DYNOXIDE = ROOT / "local" / "node" / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
_PYTHON = sys.executable
BEAT_S = 10


@dataclass(frozen=True, slots=True)
class BeatCheck:
    """A file that its program touches every moment."""

    path: Path

    def __call__(self) -> bool:
        try:
            return time.time() - self.path.stat().st_mtime < BEAT_S
        except FileNotFoundError:
            return False


def make_stores(settings: Settings, paths: Paths) -> list[Program]:
    """What needs nothing else: the first to start."""
    return [make_database(settings, paths), make_gateway(settings, paths), make_rtpengine(settings, paths)]


def make_services(settings: Settings, paths: Paths) -> list[Program]:
    """What needs the database with its first records."""
    return [
        make_api(settings, paths),
        make_scheduler(settings, paths),
        make_hook(settings, paths),
        make_kamailio(settings, paths),
    ]


def make_database(settings: Settings, paths: Paths) -> Program:
    path = paths.database / "patchbay.sqlite"
    argv = [str(DYNOXIDE), "serve", "--port", str(settings.dynamodb_port), "--db-path", str(path)]
    return Program("dynoxide", argv, AnswersHttp(settings.dynamodb_url))


def make_gateway(settings: Settings, paths: Paths) -> Program:
    argv = [_PYTHON, "-m", "local.gateway", "--sip", f"{settings.gateway_host}:{settings.gateway_sip_port}"]
    argv += ["--http", f"127.0.0.1:{settings.gateway_http_port}", "--peer", f"{settings.sip_host}:{settings.sip_port}"]
    return Program("gateway", argv, HttpCheck(f"{settings.gateway_url}/health"), env={"PATCHBAY_VAR": str(paths.var)})


def make_rtpengine(settings: Settings, paths: Paths) -> Program:
    argv = rtpengine_command(load_settings(sbc_settings_file(paths)))
    return Program("rtpengine", argv, RtpengineCheck("127.0.0.1", settings.rtpengine_ng_port))


def make_api(settings: Settings, paths: Paths) -> Program:
    argv = [_PYTHON, "-m", "local.front.serve"]
    return Program("api", argv, HttpCheck(f"{settings.http_url}/v1/health"), env=make_app_environment(settings, paths))


def make_scheduler(settings: Settings, paths: Paths) -> Program:
    argv = [_PYTHON, "-m", "local.scheduler"]
    return Program(
        "scheduler", argv, BeatCheck(paths.run / "scheduler.beat"), env=make_app_environment(settings, paths)
    )


def make_hook(settings: Settings, paths: Paths) -> Program:
    argv = [_PYTHON, "-m", "sbc.hook", str(hook_settings_file(paths))]
    return Program("hook", argv, HttpCheck(f"{settings.hook_url}/health"))


def make_kamailio(settings: Settings, paths: Paths) -> Program:
    argv = [_PYTHON, "-m", "local.exec_kamailio", str(sbc_settings_file(paths))]
    return Program("kamailio", argv, SipCheck(settings.sip_host, settings.sip_port))
