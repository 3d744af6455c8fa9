"""The embedded control plane with a hook, on ports of its own: database, API and hook as ``make run`` starts them.

Records are made by the API in this process, which uses the same database and secrets.
"""

from __future__ import annotations

import json
import os
import urllib.request
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bench.programs import Programs, free_port
from local.environment import hook_settings_file, make_app_environment
from local.programs import make_api, make_hook
from local.settings import Paths, Settings

if TYPE_CHECKING:
    from tests.world import TenantWorld


@dataclass
class ControlPlane:
    programs: Programs
    settings: Settings
    paths: Paths
    environment: dict[str, str]

    def start_api(self, **environment: str) -> None:
        program = make_api(self.settings, self.paths)
        self.programs.start("api", program.argv, check=program.check, env={**program.env, **environment})

    def start_hook(self, *, api_url: str = "") -> None:
        """``api_url``: where the hook finds the API, if not at the API's own address."""
        if api_url:
            file = hook_settings_file(self.paths)
            file.write_text(json.dumps(json.loads(file.read_text()) | {"api_url": api_url}))
        program = make_hook(self.settings, self.paths)
        self.programs.start("hook", program.argv, check=program.check)

    def make_world(self) -> TenantWorld:
        """A tenant with its ISP on the bootstrapped SBC."""
        from tests.api_client import ApiClient
        from tests.world import a_tenant_world

        sbc_id = json.loads(hook_settings_file(self.paths).read_text())["sbc_id"]
        return a_tenant_world(ApiClient(), sbc_id=sbc_id)

    def request(self, method: str, path: str, body: Any, *, token: str, version: int = 0) -> Any:
        """By HTTP, as a console asks. Raises ``urllib.error.HTTPError``."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        if version:
            headers["If-Match"] = f'"{version}"'
        content = None if body is None else json.dumps(body).encode()
        url = f"{self.settings.http_url}/v1{path}"
        request = urllib.request.Request(url, data=content, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")


def make_control_plane(programs: Programs, *, dynamodb_port: int) -> ControlPlane:
    """With the first records made; nothing but the database runs yet. This process' environment becomes the API's."""
    paths = Paths(programs.directory / "var")
    paths.create()
    settings = Settings(http_port=free_port(), dynamodb_port=dynamodb_port, hook_port=free_port())
    paths.settings.write_text(json.dumps(asdict(settings)))
    environment = make_app_environment(settings, paths)
    os.environ |= environment
    os.environ.pop("PATCHBAY_PORT_BASE", None)  # of the copy that make runs; these ports are in the settings file
    from local.bootstrap import bootstrap

    bootstrap(settings, paths)
    return ControlPlane(programs, settings, paths, environment)
