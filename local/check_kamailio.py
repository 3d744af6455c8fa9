"""``python -m local.check_kamailio``: Kamailio's own check of its configuration, of a node alone and of one of two."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from local.environment import sbc_settings_file, write_sbc_settings
from local.settings import Paths, Settings
from sbc.kamailio.render import check_config, render_config
from sbc.settings import load_settings


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        paths = Paths(Path(directory))
        paths.create()
        write_sbc_settings(Settings(), paths)
        alone = load_settings(sbc_settings_file(paths))
        one_of_two = dataclasses.replace(
            alone, peers=("10.0.0.2",), peer_address="10.0.0.1", service_addresses=("127.0.0.1", "127.0.0.2")
        )
        for settings in (alone, one_of_two):
            config = render_config(settings)
            check_config(settings)
    print(f"Kamailio accepts {config.name}, of a node that is alone and of one of two.")


if __name__ == "__main__":
    main()
