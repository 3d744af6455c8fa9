"""``python -m local.exec_kamailio SBC_SETTINGS``: makes the run directory ready at every start, then is Kamailio."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sbc.kamailio.render import kamailio_command, prepare_kamailio
from sbc.settings import load_settings


def main() -> None:
    settings = load_settings(Path(sys.argv[1]))
    prepare_kamailio(settings)
    argv, environment = kamailio_command(settings)
    os.execvpe(argv[0], argv, {**os.environ, **environment})


if __name__ == "__main__":
    main()
