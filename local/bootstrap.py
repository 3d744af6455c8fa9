"""``python -m local.bootstrap``: table, platform admin and plan, SBC, node and keys. Changes nothing that is there.

It runs with the control plane's environment, at every start, before anything that needs these records.
"""

from __future__ import annotations

import os
from pathlib import Path

from local.environment import admin_password_file, node_key_file, seal_key_file, write_hook_settings
from local.settings import Paths, Settings, find_paths, load_settings


def bootstrap(settings: Settings, paths: Paths) -> None:
    from chalicelib.storage.database import database
    from chalicelib.storage.schema import create_table
    from chalicelib.workflows.bootstrap_platform import bootstrap_platform
    from chalicelib.workflows.create_sbc import create_sbc
    from chalicelib.workflows.enrol_node import enrol_node

    create_table(database().client, database().table_name)
    platform = bootstrap_platform(admin_email=f"admin@{settings.domain}")
    if platform.admin_password is not None:
        write_secret(admin_password_file(paths), platform.admin_password)
    sbc = create_sbc(
        settings.sbc_name,
        f"{settings.sip_host}:{settings.sip_port}",
        websocket_url=settings.websocket_url,
        allow_private_gateways=True,  # the test gateway is on loopback
    )
    key_file = node_key_file(paths)
    known = key_file.read_text().strip() if key_file.exists() else ""
    node = enrol_node(sbc.id, settings.node, node_key=known, replace=True)
    write_secret(key_file, node.node_key)
    write_secret(seal_key_file(paths), node.seal_key)
    write_hook_settings(settings, paths, sbc_id=sbc.id)


def write_secret(path: Path, content: str) -> None:
    """Never readable by others, not even for a moment; a crash leaves the old one or the new one."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def main() -> None:
    paths = find_paths()
    bootstrap(load_settings(paths), paths)


if __name__ == "__main__":
    main()
