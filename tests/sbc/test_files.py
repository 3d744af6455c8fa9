from __future__ import annotations

from pathlib import Path

from sbc.files import replace_secret


def test_a_secret_is_synced_before_it_has_its_name_and_its_name_is_synced_too(tmp_path: Path) -> None:
    secret = tmp_path / "node.key"
    secret.write_text("old")
    synced: list[tuple[str, str]] = []

    def sync(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, secret.read_text()))

    replace_secret(secret, b"new", sync=sync)

    assert synced == [(".node.key.new", "old"), (tmp_path.name, "new")]


def test_a_secret_is_its_owners_alone_also_after_a_run_that_died(tmp_path: Path) -> None:
    (tmp_path / ".node.key.new").write_text("half")
    (tmp_path / ".node.key.new").chmod(0o644)

    replace_secret(tmp_path / "node.key", b"new")

    assert (tmp_path / "node.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["node.key"]
