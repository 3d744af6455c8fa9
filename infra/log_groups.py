"""The log groups of SBC nodes: one for each program, whose lines are brought there as they are, by the log driver of
containers or, without them, by the node's part ``logs``, which has a group, too.

``infra/observability.py`` makes them; whoever starts the programs takes their names from here. Lines must arrive
unchanged: those of the hook's standard output that begin with ``{"_aws":`` become metrics.
"""

from __future__ import annotations

NODE_PROGRAMS = ("hook", "kamailio", "rtpengine", "certificates", "addresses", "logs")


def node_log_group(stack_name: str, program: str) -> str:
    """``stack_name``: as ``StageConfig.name``. Raises ``LookupError``."""
    if program not in NODE_PROGRAMS:
        raise LookupError(f"{program}: no program of a node")
    return f"/{stack_name}/node/{program}"
