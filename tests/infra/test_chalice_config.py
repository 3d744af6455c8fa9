"""``.chalice/config.json``: for Chalice's own tools (a look at the app, its models); the stack deploys, they don't."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from chalice.cli.factory import CLIFactory

from app import app
from infra.config import STAGES
from infra.wheels import ROOT

CONFIG = ROOT / ".chalice" / "config.json"
#: A process of its own: the tool sets variables and imports the app as the stage would.
LOAD = """
import json, sys
from chalice.cli.factory import CLIFactory
from chalice.deploy.validate import validate_routes, validate_unique_function_names
config = CLIFactory(sys.argv[1]).create_config_obj(sys.argv[2])
app = config.chalice_app
validate_routes(app.routes)
validate_unique_function_names(config)
print(json.dumps({
    "stage": config.environment_variables["PATCHBAY_STAGE"], "paths": sorted(app.routes),
    "sources": sorted(source.name for source in app.event_sources), "policy": config.autogen_policy,
}))
"""


@pytest.mark.parametrize("stage", ["embedded", *STAGES])
def test_chalices_tools_load_the_application_of_every_stage(stage: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(ROOT), stage],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "stage": stage,
        "paths": sorted(app.routes),
        "sources": sorted(source.name for source in app.event_sources),
        "policy": False,
    }


def test_chalice_makes_no_role_and_no_policy_of_its_own() -> None:
    config = CLIFactory(str(ROOT)).create_config_obj("production")

    assert (config.autogen_policy, config.manage_iam_role, config.iam_role_arn) == (False, False, None)
    assert set(json.loads(CONFIG.read_text())["stages"]) == {"embedded", *STAGES}
