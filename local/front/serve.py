"""``python -m local.front.serve``: the HTTP front under granian, one worker process with eight threads."""

from __future__ import annotations

import os
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from local.front.consoles import Consoles
from local.front.wsgi import Front
from local.process_groups import end_with_parent
from local.settings import ROOT, find_paths, load_settings

THREADS = 8  # as many requests at once as the old, small machines that this runs on can use


def make_front() -> Front:
    """Called by granian in its worker, which mustn't outlive the main process."""
    end_with_parent(os.getppid())
    from app import app
    from chalicelib.clients.files import directory_files

    paths = find_paths()
    consoles = Consoles(ROOT / "consoles", websockets=(load_settings(paths).websocket_url,))
    return Front(app, mail=paths.mail, consoles=consoles, files=directory_files())


def main() -> None:
    settings = load_settings(find_paths())
    options: dict[str, Any] = {"respawn_failed_workers": True, "log_access": False, "websockets": False}
    Granian(
        "local.front.serve:make_front",
        address=settings.http_host,
        port=settings.http_port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=THREADS,
        **options,
    ).serve()


if __name__ == "__main__":
    main()
