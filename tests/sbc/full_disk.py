"""A hook whose disk fills up while a call is up, and is cleared (run by ``test_full_disk.py``).

``python -m tests.sbc.full_disk DIRECTORY``
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.sbc.conftest import World, a_world
from tests.sbc.hook_process import phone_invite


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as opened:
        for size in (4096, 1):
            try:
                while opened.write(bytes(size)):
                    pass
            except OSError:  # no space left
                continue


def serve(world: World, disk: Path) -> None:
    call_id = world.client.invite("102")["call_id"]
    assert world.client.event("answered", call_id) == 204
    fill(disk / "filling")

    refused, _ = world.client.post("/route", phone_invite("103", sip_call_id="c2"))
    ended = world.client.event("ended", call_id)
    change_id = world.api.announce("tenant-core/nobody's")
    world.api.wait_for(lambda: change_id in world.api.acknowledged)
    world.api.wait_polls(3)

    assert (refused, ended) == (503, 503)
    assert world.hook.get("/health")[0] == 200
    assert "journal not written" in world.hook.log.read_text()
    (disk / "filling").unlink()
    assert world.client.event("ended", call_id) == 204
    assert world.record(call_id)["answered_at"]
    assert world.client.invite("103", sip_call_id="c3")["action"] == "ring"


def main(disk: Path) -> None:
    with a_world(disk) as world:
        try:
            serve(world, disk)
        except BaseException:
            sys.stderr.write(world.hook.log.read_text())
            raise


if __name__ == "__main__":
    main(Path(sys.argv[1]))
