"""The three Kamailios that are compared, with the hook of the first, one rtpengine, and sipp as phones and carrier."""

from __future__ import annotations

import csv
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.configurations import write_bare, write_static
from bench.cpu import group_cpu_s
from bench.node import start_hook, with_password, write_parts
from bench.programs import BenchError, Programs, free_port
from chalicelib.domain.digest import ha1_md5
from local.health import AnswersHttp, RtpengineCheck, SipCheck
from sbc.kamailio import render
from sbc.settings import SbcSettings, read_settings
from tests.domain.snapshots import DOMAIN, a_carrier, a_gateway, a_subscriber, a_tenant, an_isp, part_bodies

SOURCE = Path(__file__).parent / "sip"
SCENARIOS = Path(__file__).parent.parent / "tests" / "sip" / "scenarios"
HOST = "127.0.0.1"
CALLERS = 50
CALLEE = "callee"
RTP_PORTS = (40_000, 43_999)
KAMAILIOS = ("hooked", "static", "bare")


@dataclass(frozen=True)
class Outcome:
    """What sipp counted in one run."""

    created: int
    failed: int
    retransmitted: int


class SipNodes:
    """``hooked`` is the product; ``static`` does the same with every call but decide; ``bare`` only forwards."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._home = programs.directory
        self._callee_port = free_port()
        self._caller_port = free_port()
        self._groups: dict[str, int] = {}
        self._settings = self._all_settings()
        self._runs = 0

    def start(self) -> None:
        sink_port = self._settings["static"].hook_port
        sink = f"http://{HOST}:{sink_port}"
        self._programs.start_python("sink", "bench.sink", str(sink_port), check=AnswersHttp(sink))
        hooked = self._settings["hooked"]
        write_parts(self._home / "parts", self._parts())
        start_hook(
            self._programs,
            parts=self._home / "parts",
            kamailio_socket=hooked.rpc_socket,
            port=hooked.hook_port,
            api_url=sink,
        )
        self._groups["hook"] = self._programs.running["hook"].pid
        self._groups["rtpengine"] = self._programs.start(
            "rtpengine", render.rtpengine_command(hooked), check=RtpengineCheck(HOST, hooked.rtpengine_ng_port)
        )
        for name in KAMAILIOS:
            self._start_kamailio(name)
        self._write_callers()
        self._register_callee()
        self._programs.start("callee", [*self._sipp("callee.xml", port=self._callee_port), "-aa"])

    def cpu_s(self) -> dict[str, float]:
        """Seconds so far of each Kamailio, the hook and rtpengine."""
        return {name: group_cpu_s(group) for name, group in self._groups.items()}

    def logs(self) -> str:
        """The end of what each Kamailio and the hook said."""
        texts = {name: self._programs.log(name).read_text(errors="replace") for name in (*KAMAILIOS, "hook")}
        return "".join(f"--- {name}\n{text[-3000:]}\n" for name, text in texts.items())

    def load_ha1s(self) -> None:
        """Into the static one's htable, where entries live 300 s, by kamcmd's binary RPC as an operator would."""
        socket_url = f"unix:{self._settings['static'].control_socket}"
        for number in range(CALLERS):
            user = f"u{number}"
            ha1 = ha1_md5(user, DOMAIN, f"secret-{user}")
            _run(["kamcmd", "-s", socket_url, "htable.sets", "ha1", f"{user}@{DOMAIN}", f"s:{ha1};"])

    def call(self, kamailio: str, dialled: str, *, calls: int, rate: int) -> Outcome:
        """``calls`` whole calls, one after the other at ``rate`` per second."""
        self._runs += 1
        statistics = self._home / f"calls-{self._runs}.csv"
        scenario = "caller_bare.xml" if kamailio == "bare" else "caller.xml"
        command = self._sipp(scenario, port=self._caller_port, sip_port=self._settings[kamailio].sip_port)
        command += ["-s", dialled, "-inf", str(self._home / "callers.csv"), "-m", str(calls), "-r", str(rate)]
        command += ["-trace_stat", "-stf", str(statistics), "-fd", "1", "-timeout", f"{calls // rate + 20}s"]
        done = subprocess.run(
            command, cwd=self._home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        outcome = _read_statistics(statistics, done.stderr)
        if outcome.created == 0:
            raise BenchError(f"sipp made no call (status {done.returncode}): {done.stderr[-2000:]}")
        return outcome

    # parts of the start

    def _all_settings(self) -> dict[str, SbcSettings]:
        shared = {name: free_port() for name in ("rtpengine_ng_port", "rtpengine_cli_port")}
        return {name: self._make_settings(name, shared) for name in KAMAILIOS}

    def _make_settings(self, name: str, shared: dict[str, int]) -> SbcSettings:
        content: dict[str, Any] = {
            "run_dir": str(self._home / name),
            "sip_address": HOST,
            "sip_port": free_port(),
            "hook_port": free_port(),
            "rtp_port_min": RTP_PORTS[0],
            "rtp_port_max": RTP_PORTS[1],
            **shared,
        }
        return read_settings(content)

    def _parts(self) -> list[dict[str, Any]]:
        """The callers and the callee, and a carrier at the callee's address, for calls that leave."""
        users = [CALLEE, *(f"u{number}" for number in range(CALLERS))]
        subscribers = [
            with_password(a_subscriber(user, alias=str(1000 + place)), domain=DOMAIN, password=f"secret-{user}")
            for place, user in enumerate(users)
        ]
        gateway = a_gateway(add_pai=True) | {"host": HOST, "port": self._callee_port}
        return part_bodies(an_isp(a_tenant(*subscribers), carriers=[a_carrier(gateway)]))

    def _start_kamailio(self, name: str) -> None:
        settings = self._settings[name]
        render.prepare_kamailio(settings)
        command, environment = render.kamailio_command(settings)
        if name != "hooked":
            write = write_static if name == "static" else write_bare
            command[command.index("-f") + 1] = str(write(settings, callee=f"{HOST}:{self._callee_port}"))
        check = SipCheck(HOST, settings.sip_port)
        self._groups[name] = self._programs.start(name, command, check=check, env=environment)

    def _write_callers(self) -> None:
        lines = [f"u{n};[authentication username=u{n} password=secret-u{n}]" for n in range(CALLERS)]
        (self._home / "callers.csv").write_text("SEQUENTIAL\n" + "\n".join(lines) + "\n")

    def _register_callee(self) -> None:
        sip_port = self._settings["hooked"].sip_port
        command = self._sipp("register.xml", port=self._callee_port, sip_port=sip_port, directory=SCENARIOS)
        command += ["-key", "user", CALLEE, "-au", CALLEE, "-ap", f"secret-{CALLEE}", "-m", "1", "-timeout", "5s"]
        _run(command, cwd=self._home)

    def _sipp(self, scenario: str, *, port: int, sip_port: int = 0, directory: Path = SOURCE) -> list[str]:
        command = ["sipp", f"{HOST}:{sip_port}"] if sip_port else ["sipp"]
        command += ["-sf", str(directory / scenario), "-i", HOST, "-p", str(port), "-t", "u1", "-nostdin"]
        return [*command, "-mi", HOST, "-mp", str(free_port()), "-cp", str(free_port()), "-key", "domain", DOMAIN]


def _read_statistics(path: Path, said: str) -> Outcome:
    """The last line of sipp's statistics: whole-run counters end in "(C)"."""
    if not path.exists():
        raise BenchError(f"sipp wrote no statistics: {said[-2000:]}")
    with path.open(newline="") as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    names = ("TotalCallCreated", "FailedCall(C)", "Retransmissions(C)")
    return Outcome(*(int(last[name]) for name in names))


def _run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-1000:]}")
