"""``python -m local.rotate_key token-key`` (or ``cursor-key``): a new key; the one before holds until the next.
``master-key``: a new one, and everything is sealed with it anew while the system runs (``--check``, then ``--drop``).

On AWS: ``python -m infra.rotate_key``. docs/operations.md, "Rotate a key".
"""

from __future__ import annotations

import argparse
import os

from chalicelib.clients.secrets import FileSecrets, make_random_key, make_token_key
from local.environment import make_app_environment
from local.settings import find_paths, load_settings

MAKERS = {"token-key": make_token_key, "cursor-key": make_random_key}
MASTER = "master-key"


def main() -> int:
    from local.master_key import add_options, only_for_master_key, run

    parser = argparse.ArgumentParser(prog="python -m local.rotate_key", description=__doc__)
    parser.add_argument("name", choices=sorted([*MAKERS, MASTER]))
    add_options(parser)
    options = parser.parse_args()
    paths = find_paths()
    store = FileSecrets(str(paths.secrets))
    if options.name == MASTER:
        os.environ |= make_app_environment(load_settings(paths), paths)
        return run(options, store)
    only_for_master_key(parser, options)
    store.rotate(options.name, MAKERS[options.name]())
    print(f"{options.name} is new; running processes take it up within five minutes.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
