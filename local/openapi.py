"""``python -m local.openapi``: is ``consoles/openapi.json`` what the API says of itself? ``--write`` makes it so."""

from __future__ import annotations

import json
import sys

from local.settings import ROOT

FILE = ROOT / "consoles/openapi.json"


def render() -> str:
    import app  # noqa: F401 - registers every endpoint
    from chalicelib.handlers.openapi import document

    return json.dumps(document(), indent=1, sort_keys=True) + "\n"


def main() -> int:
    wanted = render()
    if "--write" in sys.argv:
        FILE.write_text(wanted)
        return 0
    if not FILE.exists() or FILE.read_text() != wanted:
        sys.stderr.write("consoles/openapi.json is out of date: run make types\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
