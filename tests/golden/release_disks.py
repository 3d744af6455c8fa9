"""What a release's SBC node leaves on its disk when it is killed: part of ``release_walk``, so run with its code."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.sbc.conftest import usual_parts
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings
from tests.sip.sipp import Lab
from tests.sip.stack import DOMAIN, running_stack

Json = dict[str, Any]


def leave_a_node(directory: Path) -> Json:
    """A hook's data as kill -9 leaves it: one call answered and one ringing, a record that waits for the API, one that
    was refused."""
    work = directory / "hook-work"
    work.mkdir()
    socket_path = Path("/tmp") / f"golden-{os.getpid()}.rpc"  # a socket's path is short
    with FakeApi(usual_parts()) as api, FakeKamailio(socket_path) as kamailio:
        path = write_settings(
            work, api_url=api.url, kamailio=kamailio.path, reconcile_interval_s=60.0, reconcile_grace_s=600.0
        )
        with HookProcess(path) as hook:
            client = HookClient(hook.port)
            known = _leave_calls(api, client)
            client.close()
            hook.kill()
    kept = directory / "hook"
    shutil.copytree(work / "data", kept, ignore=shutil.ignore_patterns("journal.sqlite*", "*.rpc"))
    (kept / "journal.sql").write_text(as_sql(work / "data/journal.sqlite"))
    shutil.rmtree(work)
    return known


def as_sql(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        lines = [*connection.iterdump(), f"PRAGMA user_version = {version};"]
    return "\n".join(lines) + "\n"


def _leave_calls(api: FakeApi, client: HookClient) -> Json:
    api.rejected.add("*")
    rejected = client.invite("105", sip_call_id="rejected@phone")["call_id"]
    api.wait_for(lambda: rejected in api.received, timeout_s=30)
    api.rejected.clear()
    part = next(body for body in api.parts.values() if body["key"].endswith("/core"))
    change = api.put(part)
    api.wait_for(lambda: change in api.acknowledged, timeout_s=30)
    api.down = True
    waits = client.invite("102", user="carol", sip_call_id="waits@phone")["call_id"]
    client.event("answered", waits, stage=0, target=0)
    client.event("ended", waits, by="callee")
    answered = client.invite("102", sip_call_id="answered@phone")["call_id"]
    assert client.event("answered", answered, stage=0, target=0) == 204
    ringing = client.invite("+12092488701", sip_call_id="ringing@phone")["call_id"]
    assert client.failed(ringing, 0, 503)["stage"] == 1
    return {"rejected": rejected, "waits": waits, "answered": answered, "ringing": ringing, "change": change}


def leave_registrations(directory: Path) -> str:
    """Kamailio's contacts as kill -9 leaves them: alice by UDP. The port that she is registered at."""
    work = Path("/tmp") / f"golden-{os.getpid()}-sbc"  # a socket's path is short
    with running_stack(work / "run") as stack:
        stack.hook.passwords[f"alice@{DOMAIN}"] = ("alice-sip", "alice-softphone")
        lab = Lab(sip=stack.sip, directory=work)
        lab.start("register").finish()
        lab.stop()
        stack.kill("kamailio")
        (directory / "location.sql").write_text(as_sql(stack.settings.location_db))
        port = stack.settings.sip_port
    shutil.rmtree(work)
    return str(port)
