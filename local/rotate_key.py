"""``python -m local.rotate_key token-key`` (or ``cursor-key``): a new key; the one before holds until the next.

On AWS the same is one new version of the secret: docs/operations.md, "Rotate a key".
"""

from __future__ import annotations

import argparse

from chalicelib.clients.secrets import FileSecrets, make_random_key, make_token_key
from local.settings import find_paths

MAKERS = {"token-key": make_token_key, "cursor-key": make_random_key}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.rotate_key", description=__doc__)
    parser.add_argument("name", choices=sorted(MAKERS))
    name = parser.parse_args().name
    FileSecrets(str(find_paths().secrets)).rotate(name, MAKERS[name]())
    print(f"{name} is new; running processes take it up within five minutes.")


if __name__ == "__main__":
    main()
