"""``python -m sbc.node COMMAND``: what containers, systemd units and operators of a node call; see ``_USAGE``."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable

from sbc.kamailio.render import RenderError
from sbc.node.health import Check
from sbc.node.programs import CHECKS, PROGRAMS
from sbc.node.settings import NodeSettings, NodeSettingsError, read_node_settings
from sbc.settings import SettingsError

_USAGE = f"""usage: python -m sbc.node COMMAND [PART]
  run     keeps PART running until it is told to stop
  health  ends with status 0 if PART works
  drain   lets the node take no new calls, and waits for those in progress
  undrain lets it take calls again
PART is one of {", ".join(PROGRAMS)}; without it, PATCHBAY_PART says which.
"""


def _run(settings: NodeSettings, part: str) -> int:
    return asyncio.run(PROGRAMS[part](settings))


def _health(settings: NodeSettings, part: str) -> int:
    check: Check = CHECKS[part](settings)
    return 0 if check() else 1


def _drain(settings: NodeSettings, _: str) -> int:
    from sbc.node.drain import drain_node

    return 0 if asyncio.run(drain_node(settings)) == 0 else 1


def _undrain(settings: NodeSettings, _: str) -> int:
    from sbc.node.drain import undo_drain

    asyncio.run(undo_drain(settings))
    return 0


_OF_PARTS: dict[str, Callable[[NodeSettings, str], int]] = {"run": _run, "health": _health}
_OF_NODE: dict[str, Callable[[NodeSettings, str], int]] = {"drain": _drain, "undrain": _undrain}


def main(arguments: list[str]) -> int:
    command, part = (*arguments, *[""] * 2)[:2]
    part = part or os.environ.get("PATCHBAY_PART", "")
    known = command in _OF_NODE or (command in _OF_PARTS and part in PROGRAMS)
    if not known or len(arguments) > 2:
        sys.stderr.write(_USAGE)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        return (_OF_PARTS | _OF_NODE)[command](read_node_settings(os.environ), part)
    except (NodeSettingsError, SettingsError, RenderError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
