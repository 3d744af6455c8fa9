"""Fifty calls a second for half a minute: hardly any fails, and every one has its record."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest

from tests.local.processes import wait_for
from tests.ports import free_port
from tests.sip.sipp import SCENARIOS
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant

pytestmark = [pytest.mark.system, pytest.mark.load]

RATE, SECONDS = 50, 30
CALLS = RATE * SECONDS
MAX_FAILED = 0.001


def start_sipp(
    provider: Provider, tenant: Tenant, scenario: str, directory: Path, *, user: str, port: int, calls: int
) -> subprocess.Popen[bytes]:
    host, sip_port = provider.sip
    command = ["sipp", f"{host}:{sip_port}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1"]
    command += ["-p", str(port), "-mp", str(free_port()), "-cp", str(free_port()), "-nostdin"]
    command += ["-m", str(calls), "-r", str(RATE), "-l", str(20 * RATE), "-s", "102"]
    command += ["-key", "user", user, "-key", "domain", tenant.domain, "-au", user]
    command += ["-ap", tenant.people[user]["passwords"]["sip"], "-trace_stat", "-stf", str(directory / f"{user}.csv")]
    command += ["-trace_err", "-error_file", str(directory / f"{user}.errors"), "-timeout", f"{SECONDS * 4}s"]
    with (directory / f"{user}-{scenario}.out").open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=directory)


def totals(file: Path) -> tuple[int, int]:
    """Successful and failed calls by sipp's own count."""
    with file.open() as lines:
        last = list(csv.DictReader(lines, delimiter=";"))[-1]
    return int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])


def test_fifty_calls_a_second_are_connected_recorded_and_charged(
    provider: Provider, tenant: Tenant, programs: Programs, tmp_path: Path
) -> None:
    port = free_port()
    bob = start_sipp(provider, tenant, "register", tmp_path, user="bob", port=port, calls=1)
    assert bob.wait(timeout=10) == 0
    callee = start_sipp(provider, tenant, "callee", tmp_path, user="bob", port=port, calls=CALLS)
    try:
        caller = start_sipp(provider, tenant, "caller", tmp_path, user="ann", port=free_port(), calls=CALLS)
        caller.wait(timeout=SECONDS * 5)
    finally:
        callee.kill()
        callee.wait()
    succeeded, failed = totals(tmp_path / "ann.csv")
    errors = tmp_path / "ann.errors"
    print(f"sipp: {succeeded} succeeded, {failed} failed", errors.read_text()[-3000:] if errors.exists() else "")

    assert succeeded + failed == CALLS
    assert failed <= CALLS * MAX_FAILED
    wait_for(lambda: programs.metric("hook_journal_depth") == 0, limit_s=120)
    calls = provider.calls()
    print(f"API: {len(calls)} calls, {sum(call['result'] == 'answered' for call in calls)} answered")
    assert len(calls) == CALLS
    assert succeeded <= sum(call["result"] == "answered" for call in calls) <= CALLS
    provider.assert_ledger_agrees(calls)
    assert programs.live_calls() == []
