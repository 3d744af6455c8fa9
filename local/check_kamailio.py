"""``python -m local.check_kamailio``: Kamailio's own check of the configuration rendered with the default settings."""

from __future__ import annotations

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
        settings = load_settings(sbc_settings_file(paths))
        config = render_config(settings)
        check_config(settings)
    print(f"Kamailio accepts {config.name}.")


if __name__ == "__main__":
    main()
