"""What an operator reads while the master key is rotated, from the first look to the end of the former key."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.key_ring import FIRST
from chalicelib.settings import settings
from local.master_key import add_options, only_for_master_key, run
from tests.golden.rotating import own_world, rotate, seal_anew, store
from tests.world import TenantWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[TenantWorld]:
    with own_world(tmp_path) as found:
        yield found


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit status, and what was said."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    status = run(parser.parse_args(arguments), store())
    return status, capsys.readouterr().out


def test_a_rotation_is_looked_at_made_checked_and_ended(world: TenantWorld, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ann", "bob"):
        world.admin.post(f"{world.path}/subscribers", {"username": name}).expect(201)
    capsys.readouterr()
    assert told(capsys, "--dry-run")[0] == 0
    key = rotate().newest.id

    seal_anew()
    capsys.readouterr()
    status, said = told(capsys, "--check")
    refused, why = told(capsys, "--drop", "first")

    assert status == 1
    assert said.splitlines()[0] == "first: former; 1 node sealed with it"
    assert said.splitlines()[1].startswith(f"{key}: in use since ")
    assert said.splitlines()[1].endswith("; 2 subscribers sealed with it")
    assert said.splitlines()[2].startswith("migration 3: done, ")
    assert said.splitlines()[2].endswith(" seen, 2 sealed anew")
    assert said.splitlines()[3:] == ["first stays: 1 node sealed with it"]
    assert (refused, why) == (1, "first stays: 1 node sealed with it\n")
    world.node.post("/sbc/seal-keys", {"id": key}).expect(204)
    capsys.readouterr()
    assert told(capsys, "--check")[0] == 0
    assert told(capsys, "--drop", "first") == (0, f"first is dropped. Left: {key}.\n")
    assert told(capsys, "--drop", "first") == (1, "nothing was changed: there is no such key\n")
    assert told(capsys, "--drop", key) == (1, "nothing was changed: new values are sealed with this key\n")


def test_a_damaged_ring_is_told_and_left_as_it_is(world: TenantWorld, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = Path(settings().secrets_dir) / "master-key"
    damaged.write_bytes(b"{")
    capsys.readouterr()

    status, said = told(capsys)

    assert (status, damaged.read_bytes()) == (1, b"{")
    assert "neither 32 bytes nor a ring" in said


def test_options_of_the_master_key_are_no_other_keys() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)

    only_for_master_key(parser, parser.parse_args([]))
    with pytest.raises(SystemExit):
        only_for_master_key(parser, parser.parse_args(["--drop", FIRST]))
